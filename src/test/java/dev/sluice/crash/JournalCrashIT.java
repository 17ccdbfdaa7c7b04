package dev.sluice.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Kills a service in the middle of many real streams, starts it again, and compares what it says
 * then with what clients, peers and somebody who asked by REST were told before. {@code
 * -Dcrash.rounds=50} does it more often, and {@code -Dcrash.seed=…} again as it was.
 */
@Timeout(1800)
class JournalCrashIT {

  private static final int ROUNDS = Integer.getInteger("crash.rounds", 4);
  private static final int STREAMS = 30;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Map<String, ExportDocument> told = new ConcurrentHashMap<>();
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private volatile boolean polling;

  @Test
  void aKilledServiceContradictsNothingThatWasTold() throws Exception {
    Path root = Workspace.newPath("root");
    play(SluiceProcess.start(root, UnaryOperator.identity()), () -> {});
  }

  @Test
  void aPowerCutContradictsNothingThatWasTold() throws Exception {
    Peers.require("cc");
    Path root = Workspace.newPath("root");
    Path store = Path.of(root + ".store");
    Path shadow = Workspace.newFolder("shadow");
    Path library = Workspace.newPath("power");
    Path source = Workspace.newPath("power.c");
    Files.write(source, getClass().getResourceAsStream("power.c").readAllBytes());
    Command.of("cc", "-shared", "-fPIC", "-x", "c", source, "-o", library, "-ldl")
        .run()
        .assertSucceeded();
    SluiceProcess sluice =
        SluiceProcess.start(
            root,
            command ->
                command.behind(
                    "env", "LD_PRELOAD=" + library, "STORE=" + store, "SHADOW=" + shadow));
    play(
        sluice,
        () -> {
          String inode = Files.readString(shadow.resolve("current"));
          Workspace.remove(store);
          Files.createDirectory(store);
          Files.copy(shadow.resolve(inode), store.resolve("journal"));
        });
  }

  private interface Aftermath {
    void happen() throws IOException;
  }

  private void play(SluiceProcess first, Aftermath aftermath) throws Exception {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("crash.seed=" + seed);
    Random random = new Random(seed);
    SluiceProcess sluice = first;
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Trip> trips = cutOff(sluice, random, round);
        aftermath.happen();
        SluiceProcess killed = sluice;
        sluice = killed.startAgain();
        killed.close();
        compare(sluice, trips);
        for (ExportDocument export : sluice.api().list()) {
          sluice.api().delete(export.name(), true);
        }
        Trip.removeSockets(trips);
        assertThat(sluice.root()).isEmptyDirectory();
      }
    } finally {
      sluice.close();
    }
    System.out.println("after the crashes: " + counts);
  }

  /** Streams until the service is killed. */
  private List<Trip> cutOff(SluiceProcess sluice, Random random, int round) throws Exception {
    told.clear();
    AtomicInteger steps = new AtomicInteger();
    HttpClient http = HttpClient.newHttpClient();
    List<Trip> trips =
        IntStream.range(0, STREAMS)
            .mapToObj(
                i ->
                    new Trip(
                        sluice, http, steps, "r" + round + "-" + i, new Random(random.nextLong())))
            .toList();
    polling = true;
    Thread poller = Thread.ofPlatform().daemon().start(() -> poll(sluice));
    trips.forEach(Trip::start);
    int last = random.nextInt(1, trips.stream().mapToInt(Trip::length).sum());
    await().atMost(LONGEST).pollInterval(Duration.ofMillis(1)).until(() -> steps.get() >= last);
    sluice.process().kill();
    sluice.process().await();
    polling = false;
    poller.join();
    http.shutdownNow();
    Thread.sleep(50); // what is in pipes and sockets still arrives
    return trips;
  }

  private void poll(SluiceProcess sluice) {
    while (polling) {
      try {
        sluice.api().list().forEach(export -> told.put(export.name(), export));
      } catch (RuntimeException | AssertionError e) {
        return; // it has been killed
      }
    }
  }

  private void compare(SluiceProcess sluice, List<Trip> trips) throws IOException {
    Map<String, ExportDocument> now =
        sluice.api().list().stream()
            .collect(Collectors.toMap(ExportDocument::name, Function.identity()));
    for (Trip trip : trips) {
      ExportDocument after = now.get(trip.name);
      ExportDocument before = told.get(trip.name);
      String what = "%s before: %s after: %s".formatted(trip, before, after);
      counts.merge(after == null ? "none" : after.state(), 1, Integer::sum);
      if (after == null) {
        assertThat((!trip.made && before == null) || trip.deleting).as(what).isTrue();
        continue;
      }
      assertThat(trip.deleted).as(what).isFalse();
      assertThat(after.state()).as(what).isIn("WAITING", "FAILED", "COMPLETED", "CANCELLED");
      if (before != null && before.endedAt() != null) {
        assertSame(before, after, what);
      }
      if (before != null && before.startedAt() != null) {
        assertThat(after.state()).as(what).isNotEqualTo("WAITING");
      }
      if (trip.toldWhole) {
        assertThat(after.state()).as(what).isEqualTo("COMPLETED");
      }
      assertBytes(trip, after, what);
    }
    assertFiles(sluice.root(), trips, now);
  }

  private static void assertSame(ExportDocument before, ExportDocument after, String what) {
    assertThat(after.state()).as(what).isEqualTo(before.state());
    assertThat(after.position()).as(what).isEqualTo(before.position());
    assertThat(after.endedAt()).as(what).isEqualTo(before.endedAt());
    assertThat(after.failure()).as(what).isEqualTo(before.failure());
    assertThat(after.digestValue()).as(what).isEqualTo(before.digestValue());
  }

  private static void assertBytes(Trip trip, ExportDocument after, String what) {
    byte[] peer = trip.peer();
    assertThat(Arrays.mismatch(peer, Arrays.copyOf(trip.disk, peer.length))).as(what).isEqualTo(-1);
    if (after.state().equals("COMPLETED")) {
      assertThat(after.position()).as(what).isEqualTo(trip.disk.length);
      if (trip.writes) {
        assertThat(peer.length).as(what).isEqualTo(trip.disk.length);
      } else {
        assertThat(trip.client).as(what).isEqualTo(trip.disk.length);
      }
    }
    if (after.state().equals("WAITING")) {
      assertThat(trip.writes ? peer.length : trip.client).as(what).isZero();
    }
  }

  /** Only what waits has a file; and nothing of the peers' own is removed. */
  private static void assertFiles(Path root, List<Trip> trips, Map<String, ExportDocument> now)
      throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      List<String> left = files.map(file -> file.getFileName().toString()).toList();
      for (Trip trip : trips) {
        ExportDocument after = now.get(trip.name);
        boolean waits = after != null && after.state().equals("WAITING");
        switch (trip.way) {
          case FIFO, MADE_SOCKET ->
              assertThat(left.contains(trip.name)).as(trip + " " + after).isEqualTo(waits);
          case PEERS_SOCKET, HTTP -> {}
        }
      }
    }
  }
}
