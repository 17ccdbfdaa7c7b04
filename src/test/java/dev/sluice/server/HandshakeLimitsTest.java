package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.server.handshake.HandshakeFailure;
import dev.sluice.server.handshake.LimitLog;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Slow;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a client may do before it has an export, and what the log says of one that does more: whose
 * connection it was, the limit and its key.
 */
@Slow("Waits for deadlines of the handshake.")
@Timeout(60)
class HandshakeLimitsTest {

  /** How many options of a handshake are answered at once. */
  private static final int FREE_OPTIONS = 64;

  private static Warnings warnings() {
    return Warnings.of(LimitLog.class.getName());
  }

  private static void assertWarns(Warnings warnings, String... words) {
    await()
        .untilAsserted(
            () -> assertThat(warnings.list()).singleElement().asString().contains(words));
  }

  @Test
  void aClientThatSaysNothingIsDroppedAtTheDeadline() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.handshake-timeout=300ms");
        Warnings warnings = warnings();
        RawNbdClient client = server.connect()) {
      assertThat(client.isClosedByServer()).isTrue();
      assertWarns(warnings, "127.0.0.1", "300 ms", "sluice.nbd.handshake-timeout");
    }
  }

  /** As qemu does it: TCP keeps the second piece back until the first is acknowledged (Nagle). */
  @Test
  void optionsThatComeInTwoPiecesTakeNoLongerThanOthers() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.handshake-timeout=5s");
        Socket client = new Socket()) {
      client.connect(server.tcp());
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      in.skipNBytes(18); // the greeting
      out.write(new byte[] {0, 0, 0, 1});
      byte[] data = RawNbdClient.infoData("nowhere");
      for (int i = 0; i < 4 * FREE_OPTIONS; i++) {
        ByteBuffer header = ByteBuffer.allocate(16);
        header.putLong(Protocol.IHAVEOPT).putInt(OptionCode.INFO.code()).putInt(data.length);
        out.write(header.array());
        out.write(data);
        in.skipNBytes(16);
        in.skipNBytes(in.readInt());
      }
    }
  }

  @Test
  void theDeadlineEndsWithTheHandshake() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.handshake-timeout=300ms");
        RawNbdClient chosen = server.connect();
        RawNbdClient silent = server.connect()) {
      server.export("kept", Direction.WRITE, 4096);
      chosen.go("kept");
      assertThat(silent.isClosedByServer()).isTrue();
      assertThat(chosen.read(0, 1)).containsExactly(0);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAtOnceAndThoseBelowServed() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections=3");
        Warnings warnings = warnings()) {
      server.export("busy", Direction.WRITE, 4096);
      List<RawNbdClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(server.connect());
      }
      clients.getFirst().go("busy");
      try (RawNbdClient surplus = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
        assertThat(surplus.isClosedByServer()).isTrue();
      }
      assertWarns(warnings, "127.0.0.1", " 3 connections", "sluice.nbd.max-connections permits");
      clients.getLast().close();
      awaitServed(server, "busy");
      for (RawNbdClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void anAddressHasSoManyConnectionsWhateverTheyDoAndOthersAreServed() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections-per-address=2");
        Warnings warnings = warnings();
        RawNbdClient session = server.connect();
        RawNbdClient handshake = server.connect()) {
      server.export("busy", Direction.WRITE, 4096);
      session.go("busy");
      await().until(() -> server.nbd().handshakeCount() == 1);
      double refused = server.failures(HandshakeFailure.LIMIT);
      try (RawNbdClient surplus = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
        assertThat(surplus.isClosedByServer()).isTrue();
      }
      assertThat(server.failures(HandshakeFailure.LIMIT)).isEqualTo(refused + 1);
      assertWarns(
          warnings, "127.0.0.1", " 2 connections", "sluice.nbd.max-connections-per-address");
      assertThat(server.nbd().busiestAddressCount()).isEqualTo(2);

      try (TlsClient elsewhere =
              new TlsClient(
                  (InetSocketAddress) server.tcp(), InetAddress.ofLiteral("127.0.0.2"), 3);
          RawNbdClient local = RawNbdClient.connect(server.unix())) {
        assertThat(elsewhere.ask(Conformance.LIST)).isEqualTo(ReplyType.ACK);
        assertThat(local.go("busy").size()).isEqualTo(4096);
      }

      session.disconnect();
      awaitServed(server, "busy");
      assertThat(handshake.option(Conformance.LIST)).hasSize(1);
    }
  }

  @Test
  void aConnectionIsGivenBackOnceHoweverItEnds() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections-per-address=1")) {
      server.export("kept", Direction.WRITE, 4096);
      for (int i = 0; i < 3; i++) {
        for (Ending ending : ENDINGS) {
          RawNbdClient client = awaitConnected(server);
          ending.of(client);
          client.close();
        }
        RawNbdClient forced = awaitConnected(server);
        server.export("forced", Direction.WRITE, 4096);
        forced.go("forced");
        server.exports().delete("forced", true);
        assertThat(forced.isClosedByServer()).isTrue();
        forced.close();
      }
      await().until(() -> server.nbd().connectionCount() == 0);
      assertThat(server.nbd().busiestAddressCount()).isZero();

      try (RawNbdClient one = server.connect();
          RawNbdClient two = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
        assertThat(two.isClosedByServer()).isTrue();
        assertThat(one.go("kept").size()).isEqualTo(4096);
      }
    }
  }

  /** One way in which a connection goes. */
  private interface Ending {
    void of(RawNbdClient client) throws IOException;
  }

  private static final List<Ending> ENDINGS =
      List.of(
          RawNbdClient::abort,
          client -> client.option(Conformance.ABORT),
          client -> client.sendRaw(ByteBuffer.allocate(16)),
          client -> client.sendOption(Conformance.EXPORT_NAME, (byte) 'x'),
          client -> client.go("kept"),
          client -> {
            client.go("kept");
            client.disconnect();
          },
          client -> {
            client.go("kept");
            client.abort();
          },
          client -> {
            client.sendOption(Conformance.GO, RawNbdClient.infoData("kept"));
            client.abort();
          });

  /** The one before may not have gone yet. */
  private static RawNbdClient awaitConnected(RunningServer server) {
    return await().ignoreExceptions().until(server::connect, client -> true);
  }

  private static void awaitServed(RunningServer server, String export) {
    await()
        .ignoreExceptions()
        .until(
            () -> {
              try (RawNbdClient another = server.connect()) {
                return another.go(export).size() == 4096;
              }
            });
  }

  @Test
  void anExportHasSoManyClientsAndStillTellsOthersOfItself() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections-per-export=2");
        Warnings warnings = warnings();
        RawNbdClient first = server.connect();
        RawNbdClient second = server.connect();
        RawNbdClient third = server.connect()) {
      server.export("busy", Direction.WRITE, 4096);
      server.export("idle", Direction.WRITE, 4096);
      first.go("busy");
      second.go("busy");

      assertThat(third.option(Conformance.INFO, RawNbdClient.infoData("busy")))
          .last()
          .returns(ReplyType.ACK, OptionAnswer::replyType);
      OptionAnswer refusal = third.option(Conformance.GO, RawNbdClient.infoData("busy")).getLast();
      assertThat(refusal.replyType()).isEqualTo(ReplyType.ERR_POLICY);
      assertThat(refusal.text())
          .isEqualTo(
              "export 'busy' has 2 connections, sluice.nbd.max-connections-per-export permits no"
                  + " more");
      assertWarns(
          warnings,
          "127.0.0.1",
          "'busy' has 2 connections",
          "sluice.nbd.max-connections-per-export");
      assertThat(third.go("idle").size()).isEqualTo(4096);

      double refused = server.failures(HandshakeFailure.LIMIT);
      try (RawNbdClient old = server.connect()) {
        old.sendOption(Conformance.EXPORT_NAME, "busy".getBytes(US_ASCII));
        assertThat(old.isClosedByServer()).isTrue();
      }
      await().until(() -> server.failures(HandshakeFailure.LIMIT) == refused + 1);
      second.disconnect();
      awaitServed(server, "busy");
    }
  }

  @Test
  void clientsThatDoNothingHoldTheirPlacesNoLongerThanOthersAreTurnedAway() throws Exception {
    try (RunningServer server =
            RunningServer.start(
                "sluice.nbd.max-connections-per-export=2", "sluice.exports.stall-timeout=200ms");
        RawNbdClient first = server.connect();
        RawNbdClient second = server.connect()) {
      server.export("busy", Direction.WRITE, 4096);
      first.go("busy");
      await().until(() -> server.nbd().sessionCount() == 1); // so that it is idle before the second
      second.go("busy");

      awaitServed(server, "busy");

      assertThat(first.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientMaySendSoManyOptionsAndIsToldWhenItSendsMore() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-options=16");
        Warnings warnings = warnings()) {
      server.export("here", Direction.WRITE, 4096);
      try (RawNbdClient client = server.connect()) {
        ask(client, 15);
        assertThat(client.go("here").size()).isEqualTo(4096);
      }
      double refused = server.failures(HandshakeFailure.LIMIT);
      try (RawNbdClient client = RawNbdClient.connect(server.unix())) {
        ask(client, 16);
        OptionAnswer refusal =
            client.option(Conformance.GO, RawNbdClient.infoData("here")).getLast();
        assertThat(refusal.replyType()).isEqualTo(ReplyType.ERR_POLICY);
        assertThat(refusal.text())
            .isEqualTo("16 options have been sent, and sluice.nbd.max-options permits no more");
        assertThat(client.isClosedByServer()).isTrue();
        assertWarns(warnings, "the Unix socket", "16 options", "sluice.nbd.max-options");
      }
      try (RawNbdClient client = server.connect()) {
        ask(client, 16);
        client.sendOption(Conformance.EXPORT_NAME, "here".getBytes(US_ASCII));
        assertThat(client.isClosedByServer()).isTrue();
      }
      await().until(() -> server.failures(HandshakeFailure.LIMIT) == refused + 2);
    }
  }

  @Test
  void eachExportOfAListCountsAsAnOption() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-options=16")) {
      for (int i = 0; i < 7; i++) {
        server.listedExport("listed-" + i, Direction.WRITE, 4096);
      }
      try (RawNbdClient client = server.connect()) {
        assertThat(client.option(Conformance.LIST)).hasSize(8);
        assertThat(client.go("listed-0").size()).isEqualTo(4096);
      }
      double refused = server.failures(HandshakeFailure.LIMIT);
      try (RawNbdClient client = server.connect()) {
        assertThat(client.option(Conformance.LIST)).hasSize(8);
        assertThat(client.option(Conformance.LIST)).hasSize(8);
        OptionAnswer refusal = client.option(Conformance.LIST).getLast();
        assertThat(refusal.replyType()).isEqualTo(ReplyType.ERR_POLICY);
        assertThat(refusal.text())
            .isEqualTo(
                "16 options have been sent, with each export of a list counted as one, and"
                    + " sluice.nbd.max-options permits no more");
        assertThat(client.isClosedByServer()).isTrue();
      }
      await().until(() -> server.failures(HandshakeFailure.LIMIT) == refused + 1);
    }
  }

  @Test
  void whatFollowsTheLastOptionIsNotAnswered() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-options=16");
        RawNbdClient client = server.connect()) {
      client.sendRaw(lists(1000));

      for (int i = 0; i < 16; i++) {
        assertThat(client.receiveOptionAnswer(Conformance.LIST).replyType())
            .isEqualTo(ReplyType.ACK);
      }
      assertThat(client.receiveOptionAnswer(Conformance.LIST).replyType())
          .isEqualTo(ReplyType.ERR_POLICY);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void moreOptionsThanAClientNeedsAreAnsweredSlowlyAndHoldNobodyUp() throws Exception {
    try (RunningServer server =
            RunningServer.start(
                "sluice.nbd.max-options-per-second=1", "sluice.nbd.handshake-timeout=2s");
        RawNbdClient greedy = server.connect()) {
      server.export("here", Direction.WRITE, 4096);
      greedy.sendRaw(lists(3 * FREE_OPTIONS));
      for (int i = 0; i < FREE_OPTIONS; i++) {
        assertThat(greedy.receiveOptionAnswer(Conformance.LIST).replyType())
            .isEqualTo(ReplyType.ACK);
      }

      try (RawNbdClient modest = server.connect()) {
        ask(modest, FREE_OPTIONS - 1);
        assertThat(modest.go("here").size()).isEqualTo(4096);
      }
      assertThat(answersUntilTheEnd(greedy)).isLessThan(2 * FREE_OPTIONS);
    }
  }

  private static int answersUntilTheEnd(RawNbdClient client) {
    for (int count = 0; ; count++) {
      try {
        client.receiveOptionAnswer(Conformance.LIST);
      } catch (IOException end) {
        return count;
      }
    }
  }

  private static ByteBuffer lists(int count) {
    ByteBuffer options = ByteBuffer.allocate(count * 16);
    while (options.hasRemaining()) {
      options.put("IHAVEOPT".getBytes(US_ASCII)).putInt(Conformance.LIST).putInt(0);
    }
    return options.flip();
  }

  private static void ask(RawNbdClient client, int options) throws IOException {
    for (int i = 0; i < options; i++) {
      assertThat(client.option(Conformance.LIST)).hasSize(1);
    }
  }

  @Test
  void anOptionMayBeSoLongAndALongerOneIsSkippedAndRefused() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-option-length=8KB");
        Warnings warnings = warnings()) {
      double refused = server.failures(HandshakeFailure.LIMIT);
      try (RawNbdClient client = server.connect()) {
        assertThat(client.option(999, new byte[8192]).getLast().replyType())
            .isEqualTo(ReplyType.ERR_UNSUP);
        OptionAnswer refusal = client.option(999, new byte[8193]).getLast();
        assertThat(refusal.replyType()).isEqualTo(ReplyType.ERR_TOO_BIG);
        assertThat(refusal.text()).contains("8192 bytes", "sluice.nbd.max-option-length");
        assertWarns(warnings, "127.0.0.1", "8192 bytes", "sluice.nbd.max-option-length");
        assertThat(client.option(Conformance.LIST)).hasSize(1);
        client.option(Conformance.ABORT);
      }
      await().until(() -> server.failures(HandshakeFailure.LIMIT) == refused + 1);
    }
    try (RunningServer server = RunningServer.start("sluice.nbd.max-option-length=1MB");
        RawNbdClient client = server.connect()) {
      assertThat(client.option(999, new byte[1 << 20]).getLast().replyType())
          .isEqualTo(ReplyType.ERR_UNSUP);
    }
  }
}
