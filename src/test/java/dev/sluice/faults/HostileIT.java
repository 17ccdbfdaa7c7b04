package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand hostile connections, by hostile.py, while nbdcopy streams: what it streams comes out
 * as it went in, nothing is left of the others, and the log has few lines about them.
 */
class HostileIT {

  private static final String HOSTILE = "hostile-";
  private static final Disk DISK = Disks.random(64 << 20);

  /**
   * So that the heap is all there from the start, and what the process grows by is something else.
   */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms128m",
          "-Xmx128m",
          "-XX:+AlwaysPreTouch",
          "-XX:SoftRefLRUPolicyMSPerMB=0",
          "-Dsluice.nbd.handshake-timeout=5s");

  private static final int PLAIN = 8_000;
  private static final int TLS = 2_000;
  private static final int WARM_UP = 400;
  private static final int ROUNDS = 3;
  private static final int AT_ONCE = 150;
  private static final Duration ATTACK_WITHIN = Duration.ofMinutes(5);
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

  /** Twenty of each of four kinds about each of two exports, and their begins and ends. */
  private static final int LINES_A_MINUTE = 4 * 2 * 20 + 10;

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy", "python3");
  }

  @Test
  void aServiceWithoutEncryptionHoldsOut() {
    try (SluiceProcess sluice = SluiceProcess.start(JVM.toArray())) {
      assertHoldsOut(sluice, PLAIN, "");
    }
  }

  @Test
  void aServiceThatRequiresTlsHoldsOut() throws Exception {
    Pki pki = Pki.rsa("Sluice tests");
    Path server = Workspace.newFolder("server");
    Pki.writeServer(server, pki.server(), pki);
    List<String> options = new ArrayList<>(JVM);
    Pki.properties(server, "require", "none").forEach(property -> options.add("-D" + property));
    try (SluiceProcess sluice = SluiceProcess.start(options.toArray())) {
      assertHoldsOut(sluice, TLS, "?tls-certificates=" + pki.folder());
    }
  }

  /** Attacks a service so many times. */
  private static void assertHoldsOut(SluiceProcess sluice, int connections, String query) {
    BothWays.stream(sluice, DISK, query);
    attack(sluice, WARM_UP, () -> BothWays.stream(sluice, DISK, query));
    Level before = Level.of(sluice);
    long linesBefore = BothWays.linesOfOthers(sluice.log());
    long begun = System.nanoTime();
    List<Double> quiet = new ArrayList<>();
    List<Double> attacked = new ArrayList<>();

    for (int round = 0; round < ROUNDS; round++) {
      quiet.add(BothWays.stream(sluice, DISK, query));
      attack(
          sluice, connections / ROUNDS, () -> attacked.add(BothWays.stream(sluice, DISK, query)));
    }

    Level[] now = new Level[1];
    await()
        .atMost(SETTLES_WITHIN)
        .untilAsserted(() -> (now[0] = Level.of(sluice)).assertNotAbove(before));
    long minutes = Duration.ofNanos(System.nanoTime() - begun).toMinutes() + ROUNDS;
    assertThat(BothWays.linesOfOthers(sluice.log()) - linesBefore)
        .isLessThan(LINES_A_MINUTE * minutes);
    assertThat(sluice.log()).doesNotContain(" ERROR ");
    assertThat(sluice.log().lines().filter(line -> line.contains(" WARN ")))
        .as("warnings, which may be of limits alone")
        .allSatisfy(line -> assertThat(line).contains(".LimitLog "));
    System.out.printf(
        "%s%n%s%nattacked, nbdcopy has %.2f of its throughput (%d lines in the log)%n",
        before,
        now[0],
        BothWays.median(quiet) / BothWays.median(attacked),
        BothWays.linesOfOthers(sluice.log()) - linesBefore);
  }

  /**
   * Has attackers make so many connections, with exports of their own, and does something else over
   * and over meanwhile.
   */
  private static void attack(SluiceProcess sluice, int connections, Runnable meanwhile) {
    URI uri = create(sluice, "write").uris().getFirst();
    create(sluice, "read");
    Command attackers =
        Command.python(
                HostileIT.class, "hostile.py", uri.getHost(), uri.getPort(), connections, AT_ONCE)
            .with(HOSTILE + "write", HOSTILE + "read");
    try (Command.Running _ = peer(sluice, "write", "cat \"$1\" > /dev/null");
        Command.Running _ = peer(sluice, "read", "cat /dev/zero > \"$1\"");
        Command.Running running = attackers.start()) {
      do {
        meanwhile.run();
      } while (running.isAlive());
      String told = running.await(ATTACK_WITHIN).assertSucceeded().output();
      System.out.print(told);
      assertThat(told).startsWith(connections + " connections, ").contains(", 0 kept open");
      delete(sluice, "write");
      delete(sluice, "read");
    }
  }

  private static ExportDocument create(SluiceProcess sluice, String direction) {
    String name = HOSTILE + direction;
    return sluice.api().create(name, path(sluice, direction), direction, 1L << 40, Map.of());
  }

  private static Path path(SluiceProcess sluice, String direction) {
    return sluice.root().resolve(HOSTILE + direction);
  }

  private static Command.Running peer(SluiceProcess sluice, String direction, String script) {
    return Command.shell(script, path(sluice, direction)).start();
  }

  /** Nobody is there any more, but the export has gone on for as long as the attack. */
  private static void delete(SluiceProcess sluice, String direction) {
    ExportDocument left = sluice.api().await(HOSTILE + direction, now -> now.clients() == 0);
    assertThat(left.endedAt()).as("end of %s", left).isNull();
    assertThat(sluice.api().delete(HOSTILE + direction, false)).isEqualTo(204);
  }
}
