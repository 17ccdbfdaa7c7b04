package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All attacks on limits at once, by attacks.py, while nbdcopy streams: what it streams comes out as
 * it went in, probes are answered, and nothing is left of the attacks.
 */
@ExtendWith(LeavesNothingBehind.class)
class AttacksIT {

  private static final Disk DISK = Disks.random(64L * Disks.MIB);
  private static final String TOKEN = "operators-token-0001";
  private static final int ROUNDS = 2;
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

  /** About twenty lines a minute of each kind, and what the attacked exports say themselves. */
  private static final int LINES = 1_000;

  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms192m",
          "-Xmx192m",
          "-XX:+AlwaysPreTouch",
          "-Dsluice.nbd.handshake-timeout=5s");

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy", "python3");
  }

  @Test
  void aServiceWithoutEncryptionHoldsOut() throws IOException {
    assertHoldsOut(List.of(), "", 0);
  }

  @Test
  void aServiceWithTlsAndAProviderThatHangsHoldsOut() throws Exception {
    Pki pki = Pki.rsa("Sluice tests");
    Path server = Workspace.newFolder("server");
    Pki.writeServer(server, pki.server(), pki);
    int provider = freePort();
    List<String> options = new ArrayList<>();
    Pki.properties(server, "require", "none").forEach(property -> options.add("-D" + property));
    options.add(
        "-Dspring.security.oauth2.resourceserver.jwt.issuer-uri=http://127.0.0.1:" + provider);
    options.add("-Dspring.security.oauth2.resourceserver.jwt.audiences=sluice");
    assertHoldsOut(options, "?tls-certificates=" + pki.folder(), provider);
  }

  private static void assertHoldsOut(List<String> more, String query, int provider)
      throws IOException {
    int health = freePort();
    List<String> options = new ArrayList<>(JVM);
    options.addAll(more);
    options.add("-Dsluice.health.port=" + health);
    try (SluiceProcess sluice = SluiceProcess.startWithToken(TOKEN, options)) {
      BothWays.stream(sluice, DISK, query);
      attack(sluice, query, provider, () -> BothWays.stream(sluice, DISK, query));
      Level before = Level.of(sluice);
      long linesBefore = BothWays.linesOfOthers(sluice.log());
      List<Double> quiet = new ArrayList<>();
      List<Double> attacked = new ArrayList<>();

      for (int round = 0; round < ROUNDS; round++) {
        quiet.add(BothWays.stream(sluice, DISK, query));
      }
      Prober prober = new Prober(health);
      attack(
          sluice,
          query,
          provider,
          () -> {
            prober.start();
            for (int round = 0; round < ROUNDS; round++) {
              attacked.add(BothWays.stream(sluice, DISK, query));
            }
            prober.stop();
          });

      prober.assertAllUp();
      Level[] now = new Level[1];
      await()
          .atMost(SETTLES_WITHIN)
          .untilAsserted(() -> (now[0] = Level.of(sluice)).assertNotAbove(before));
      long lines = BothWays.linesOfOthers(sluice.log()) - linesBefore;
      assertThat(lines).as("lines in the log").isLessThan(LINES);
      assertThat(sluice.log()).doesNotContain(" ERROR ");
      System.out.printf(
          "%s%n%s%nattacked, nbdcopy has %.2f of its throughput; %s; %d lines in the log%n",
          before, now[0], BothWays.median(quiet) / BothWays.median(attacked), prober, lines);
    }
  }

  private static void attack(SluiceProcess sluice, String query, int provider, Runnable meanwhile) {
    String api = sluice.api().resolve("/").toString().replaceFirst("/$", "");
    int nbd = nbdPort(sluice);
    Command attackers =
        Command.python(AttacksIT.class, "attacks.py", api, TOKEN, sluice.root(), nbd)
            .with(query.isEmpty() ? "no" : "yes", provider)
            .told();
    try (Command.Running running = attackers.start()) {
      await().until(() -> running.outputSoFar().contains("begun") || !running.isAlive());
      meanwhile.run();
      assertThat(running.isAlive()).as(running.outputSoFar()).isTrue();
      running.tell("end");
      System.out.print(running.await(Duration.ofMinutes(2)).assertSucceeded().output());
    }
  }

  private static int nbdPort(SluiceProcess sluice) {
    String name = "port";
    Path path = sluice.root().resolve(name);
    int port = sluice.api().create(name, path, "write", 512L, Map.of()).uris().getFirst().getPort();
    sluice.api().delete(name, true);
    return port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
