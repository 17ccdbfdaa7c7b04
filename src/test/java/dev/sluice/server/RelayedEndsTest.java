package dev.sluice.server;

import static dev.sluice.server.Conformance.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How connections end that one pod passes on to another: as the client has ended them. */
@Slow("Starts two services.")
@Timeout(120)
class RelayedEndsTest {

  private static final Assurances ACCEPT_CLOSE = new Assurances(false, true, false, false);

  private static TwoPods pods;

  @BeforeAll
  static void start() {
    pods = new TwoPods();
  }

  @AfterAll
  static void stop() {
    pods.close();
  }

  @AfterEach
  void forgetExports() {
    pods.forgetExports();
  }

  private static RawNbdClient connect(String export) throws IOException {
    RawNbdClient client = RawNbdClient.connect(pods.entrance());
    client.go(export);
    return client;
  }

  private static void awaitState(Export export, StreamState state) {
    await().until(() -> export.stream().status().state(), state::equals);
  }

  private static void awaitNoClient(Export export) {
    await().until(() -> export.stream().status().clients() == 0);
  }

  /** A stream that has changed hands, and whose last byte is there: its writer's end decides. */
  private static Export written() throws IOException {
    Export export = pods.owner().export("w", Direction.WRITE, 2 * MIB);
    Pipes.Reader _ = Pipes.read(pods.owner().path("w"));
    try (RawNbdClient first = connect("w")) {
      first.write(0, RelayTest.disk(MIB));
      first.abort();
    }
    awaitState(export, StreamState.INTERRUPTED);
    return export;
  }

  @Test
  void whoClosesBetweenTwoRequestsHasClosed() throws IOException {
    Export export = written();
    try (RawNbdClient second = connect("w")) {
      second.write(MIB, RelayTest.disk(MIB));
      assertThat(export.stream().status().state()).isEqualTo(StreamState.STREAMING);
    }
    awaitState(export, StreamState.COMPLETED);
  }

  @Test
  void whoIsLostBetweenTwoRequestsIsLost() throws IOException {
    Export export = written();
    try (RawNbdClient second = connect("w")) {
      second.write(MIB, RelayTest.disk(MIB));
      second.abort();
    }
    awaitNoClient(export);
    assertThat(export.stream().status().state()).isEqualTo(StreamState.INTERRUPTED);
  }

  @Test
  void whoIsLostWithinARequestIsLost() throws IOException {
    Export export = pods.owner().export("w", Direction.WRITE, 2 * MIB);
    Pipes.Reader _ = Pipes.read(pods.owner().path("w"));
    try (RawNbdClient client = connect("w")) {
      client.write(0, RelayTest.disk(MIB));
      client.send(new Request(0, 1, 9, MIB, MIB), RelayTest.disk(1000));
    }
    awaitState(export, StreamState.INTERRUPTED);
  }

  /** That the pod in between has taken the replies does not mean that the client has. */
  @Test
  void aClosedConnectionThatWasPassedOnIsNoReceipt() throws IOException {
    Export export = pods.owner().export("r", Direction.READ, MIB, ACCEPT_CLOSE);
    Pipes.write(pods.owner().path("r"), RelayTest.disk(MIB));
    try (RawNbdClient client = connect("r")) {
      client.read(0, MIB);
    }
    awaitNoClient(export);
    assertThat(export.stream().status().state()).isEqualTo(StreamState.INTERRUPTED);

    Export direct = pods.owner().export("direct", Direction.READ, MIB, ACCEPT_CLOSE);
    Pipes.write(pods.owner().path("direct"), RelayTest.disk(MIB));
    try (RawNbdClient client = RawNbdClient.connect(pods.ownerPod.address())) {
      client.go("direct");
      client.read(0, MIB);
    }
    awaitState(direct, StreamState.COMPLETED);
  }

  /** The end of one direction does not cut the other one short. */
  @Test
  void theOwnersEndComesAfterItsLastByte() throws IOException {
    byte[] disk = RelayTest.disk(4 * MIB);
    Export export = pods.owner().export("r", Direction.READ, disk.length);
    Pipes.write(pods.owner().path("r"), disk);
    try (RawNbdClient client = connect("r")) {
      client.send(new Request(0, 0, 1, 0, disk.length));
      client.send(new Request(0, 2, 2, 0, 0));
      await().until(() -> export.stream().status().position() > 0);

      byte[] all = client.receiveToEnd();

      assertThat(Arrays.copyOfRange(all, 16, all.length)).isEqualTo(disk);
    }
    awaitState(export, StreamState.COMPLETED);
  }

  @Test
  void aDeletedExportTakesItsClientsAlong() throws IOException {
    pods.owner().export("w", Direction.WRITE, 2 * MIB);
    try (RawNbdClient client = connect("w")) {
      pods.owner().exports().delete("w", true);

      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void whoseOwnerIsLostIsLostToo() throws IOException {
    try (TwoPods others = new TwoPods()) {
      others.owner().export("w", Direction.WRITE, 2 * MIB);
      try (RawNbdClient client = RawNbdClient.connect(others.entrance())) {
        client.go("w");

        others.ownerPod.close();

        assertThat(client.isClosedByServer()).isTrue();
      }
    }
  }

  @Test
  void whoseEntranceEndsIsLost() throws IOException {
    try (TwoPods others = new TwoPods()) {
      Export export = others.owner().export("w", Direction.WRITE, 2 * MIB);
      Pipes.Reader _ = Pipes.read(others.owner().path("w"));
      try (RawNbdClient client = RawNbdClient.connect(others.entrance())) {
        client.go("w");
        client.write(0, RelayTest.disk(MIB));

        others.entrancePod.nbd.close();

        assertThat(client.isClosedByServer()).isTrue();
        awaitState(export, StreamState.INTERRUPTED);
      }
    }
  }

  @Test
  void nothingIsLeftOfThoseWhoHaveGone() throws IOException {
    oneOfEachEnd();
    List<String> before = open();

    for (int i = 0; i < 5; i++) {
      oneOfEachEnd();
    }

    await().untilAsserted(() -> assertThat(open()).hasSizeLessThanOrEqualTo(before.size()));
    assertThat(relayThreads()).isEmpty();
  }

  private void oneOfEachEnd() throws IOException {
    pods.owner().export("w", Direction.WRITE, 2 * MIB);
    try (RawNbdClient client = connect("w")) {
      client.abort();
    }
    try (RawNbdClient client = connect("w")) {
      client.disconnect();
    }
    try (RawNbdClient client = RawNbdClient.connect(pods.entrance())) {
      client.option(Conformance.INFO, RawNbdClient.infoData("w"));
    }
    forgetExports();
  }

  private static List<String> open() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.map(RelayedEndsTest::target).filter(it -> it.contains(":[")).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> relayThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("nbd-relay-"))
        .toList();
  }
}
