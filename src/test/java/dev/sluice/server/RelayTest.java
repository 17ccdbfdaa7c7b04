package dev.sluice.server;

import static dev.sluice.server.Conformance.BLOCK_STATUS;
import static dev.sluice.server.Conformance.EXTENDED_HEADERS;
import static dev.sluice.server.Conformance.GO;
import static dev.sluice.server.Conformance.INFO;
import static dev.sluice.server.Conformance.LIST_META_CONTEXT;
import static dev.sluice.server.Conformance.MIB;
import static dev.sluice.server.Conformance.SET_META_CONTEXT;
import static dev.sluice.server.Conformance.STRUCTURED_REPLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.Network;
import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.RawReply;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that comes to one pod, and whose export another one has. */
@Slow("Starts two services.")
@Timeout(120)
class RelayTest {

  private static final int SIZE = 8 * MIB;

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

  static byte[] disk(int size) {
    byte[] disk = new byte[size];
    new Random(21).nextBytes(disk);
    return disk;
  }

  private static RawNbdClient connect() throws IOException {
    return RawNbdClient.connect(pods.entrance());
  }

  private static void awaitState(Export export, StreamState state) {
    await().until(() -> export.stream().status().state(), state::equals);
  }

  @Test
  void everyByteOfAWriteArrives() throws Exception {
    byte[] disk = disk(SIZE);
    Export export = pods.owner().export("w", Direction.WRITE, SIZE);
    try (Pipes.Reader peer = Pipes.read(pods.owner().path("w"));
        RawNbdClient client = connect()) {
      assertThat(client.go("w").size()).isEqualTo(SIZE);
      for (int at = 0; at < SIZE; at += MIB) {
        client.write(at, Arrays.copyOfRange(disk, at, at + MIB));
      }
      client.disconnect();

      assertThat(peer.bytes()).isEqualTo(disk);
      awaitState(export, StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void everyByteOfAReadArrivesInTheOldWayToo(int flags) throws Exception {
    byte[] disk = disk(SIZE);
    Export export = pods.owner().export("r", Direction.READ, SIZE);
    Pipes.write(pods.owner().path("r"), disk);
    try (RawNbdClient client = RawNbdClient.open(pods.entrance(), Duration.ofSeconds(20))) {
      client.receiveGreeting();
      client.sendClientFlags(flags);
      assertThat(client.exportName("r").size()).isEqualTo(SIZE);
      for (int at = 0; at < SIZE; at += MIB) {
        assertThat(client.read(at, MIB)).isEqualTo(Arrays.copyOfRange(disk, at, at + MIB));
      }
      client.disconnect();

      awaitState(export, StreamState.COMPLETED);
    }
  }

  /** The same questions get the same answers, byte by byte, as at the pod that has the export. */
  @ParameterizedTest
  @ValueSource(ints = {0, STRUCTURED_REPLY, EXTENDED_HEADERS})
  void theHandshakeIsThatOfTheOwner(int dialect) throws IOException {
    pods.owner().export("w", Direction.WRITE, SIZE);

    assertThat(conversation(pods.entrance(), dialect))
        .isEqualTo(conversation(pods.ownerPod.address(), dialect));
  }

  private static List<String> conversation(InetSocketAddress address, int dialect)
      throws IOException {
    List<OptionAnswer> answers = new ArrayList<>();
    try (RawNbdClient client = RawNbdClient.connect(address)) {
      answers.addAll(client.option(INFO, RawNbdClient.infoData("w", 1, 2, 3)));
      if (dialect != 0) {
        client.agreeOn(dialect);
      }
      byte[] contexts = RawNbdClient.contextData("w", "base:allocation", "sluice:stream");
      answers.addAll(client.option(LIST_META_CONTEXT, contexts));
      answers.addAll(client.option(SET_META_CONTEXT, contexts));
      answers.addAll(client.option(INFO, RawNbdClient.infoData("nothing", 3)));
      answers.addAll(client.option(INFO, RawNbdClient.infoData("w", 3)));
      answers.addAll(client.option(GO, RawNbdClient.infoData("w", 1, 2, 3)));
    }
    return answers.stream().map(it -> it.type() + Arrays.toString(it.data())).toList();
  }

  /** What was selected before the client asked for something else still holds. */
  @Test
  void selectedContextsHoldAfterAnotherAgreement() throws IOException {
    pods.owner().export("w", Direction.WRITE, SIZE);
    pods.owner().export("other", Direction.WRITE, SIZE);
    try (RawNbdClient client = connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      assertThat(client.setContexts("w", "base:allocation")).containsExactly("base:allocation");
      client.option(INFO, RawNbdClient.infoData("other"));
      client.agreeOn(EXTENDED_HEADERS);
      client.go("w");

      RawReply status = client.request(new Request(0, BLOCK_STATUS, 7, 0, SIZE, true));

      assertThat(status.error()).isZero();
    }
  }

  @Test
  void theClientsOwnAddressCounts() throws IOException {
    AllowedClients second = new AllowedClients(List.of(), List.of(Network.parse("127.0.0.2")));
    pods.owner().listedExport("here", Direction.WRITE, 4096, second);

    assertThat(go(InetAddress.ofLiteral("127.0.0.1")).type()).isEqualTo(ReplyType.ERR_POLICY);
    assertThat(go(InetAddress.ofLiteral("127.0.0.2")).type()).isEqualTo(ReplyType.ACK);
  }

  private static TlsClient.Reply go(InetAddress from) throws IOException {
    try (TlsClient client = new TlsClient(pods.entrance(), from, 3)) {
      return client.replies(GO, RawNbdClient.infoData("here")).getLast();
    }
  }

  /** The owner takes what it does not have for the other pod's, and does not ask there. */
  @Test
  void nobodyIsPassedOnTwice() throws IOException {
    try (TlsClient client = new TlsClient(pods.entrance(), TwoPods.LOOPBACK, 3)) {
      TlsClient.Reply reply = client.replies(GO, RawNbdClient.infoData("ghost")).getLast();

      assertThat(reply.type()).isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(reply.text()).contains("there is no open export 'ghost'");
    }
  }

  @Test
  void whoCannotBePassedOnIsToldWhereToGo() throws IOException {
    pods.owner().export("w", Direction.WRITE, SIZE);
    pods.ownerPod.reachable = false;
    try (TlsClient client = new TlsClient(pods.entrance(), TwoPods.LOOPBACK, 3)) {
      TlsClient.Reply reply = client.replies(GO, RawNbdClient.infoData("w")).getLast();

      assertThat(reply.type()).isEqualTo(ReplyType.ERR_POLICY);
      assertThat(reply.text()).contains("export 'w' is at nbds://sluice-1.bb.example:10809/w");
    } finally {
      pods.ownerPod.reachable = true;
    }
  }

  @Test
  void whoseOwnerCannotBeReachedIsToldWhereToGoAndMayAskForOthers() throws IOException {
    pods.owner().export("w", Direction.WRITE, SIZE);
    pods.ownerPod.told = new InetSocketAddress(TwoPods.LOOPBACK, 1);
    try (TlsClient client = new TlsClient(pods.entrance(), TwoPods.LOOPBACK, 3)) {
      TlsClient.Reply reply = client.replies(GO, RawNbdClient.infoData("w")).getLast();
      assertThat(reply.type()).isEqualTo(ReplyType.ERR_POLICY);
      assertThat(reply.text())
          .contains("nbds://sluice-1.bb.example:10809/w")
          .contains("it cannot be reached from here");
      client.send(Conformance.EXPORT_NAME, (byte) 'w');
      assertThat(client.isClosed()).isTrue();
    } finally {
      pods.ownerPod.told = null;
    }
  }

  /** What a client sends behind GO, without waiting for the answer, is not lost. */
  @Test
  void requestsThatComeBeforeTheAnswerAreServed() throws Exception {
    byte[] disk = disk(MIB);
    pods.owner().export("r", Direction.READ, MIB);
    Pipes.write(pods.owner().path("r"), disk);
    try (RawNbdClient client = connect()) {
      byte[] name = RawNbdClient.infoData("r");
      ByteBuffer both =
          ByteBuffer.allocate(16 + name.length + 28)
              .putLong(0x49484156454f5054L)
              .putInt(GO)
              .putInt(name.length)
              .put(name)
              .put(RawNbdClient.encode(new Request(0, 0, 1, 0, MIB)));
      client.sendRaw(both.flip());
      OptionAnswer answer;
      do {
        answer = client.receiveOptionAnswer(GO);
      } while (!answer.isFinal());

      assertThat(client.receive().error()).isZero();
      assertThat(client.receiveBytes(MIB)).isEqualTo(disk);
    }
  }

  @Test
  void bytesOfManyClientsAtOnceDoNotMix() throws Exception {
    byte[] disk = disk(SIZE);
    List<Export> exports = new ArrayList<>();
    List<Thread> clients = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String name = "r" + i;
      exports.add(pods.owner().export(name, Direction.READ, SIZE));
      byte[] own = disk.clone();
      own[0] = (byte) i;
      Pipes.write(pods.owner().path(name), own);
      clients.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (RawNbdClient client = connect()) {
                      client.go(name);
                      assertThat(client.read(0, SIZE)).isEqualTo(own);
                      client.disconnect();
                    } catch (IOException | AssertionError e) {
                      synchronized (failures) {
                        failures.add(e);
                      }
                    }
                  }));
    }
    for (Thread client : clients) {
      assertThat(client.join(Duration.ofSeconds(60))).isTrue();
    }

    assertThat(failures).isEmpty();
    exports.forEach(export -> awaitState(export, StreamState.COMPLETED));
  }
}
