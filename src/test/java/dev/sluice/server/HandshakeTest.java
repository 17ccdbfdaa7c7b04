package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.OptionRefusedException;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.Export;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.ReplyType;
import dev.sluice.nbd.TransmissionFlags;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeTest {

  private static final int GO = 7;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void forgetExports() {
    server.exports().list().forEach(export -> server.exports().delete(export.name(), true));
    await().until(() -> server.nbd().sessionCount() == 0);
  }

  @Test
  void theGreetingOffersFixedNewstyleWithoutZeroes() throws IOException {
    for (SocketAddress address : List.of(server.tcp(), server.unix())) {
      try (RawNbdClient client = RawNbdClient.open(address, Duration.ofSeconds(5))) {
        assertThat(client.receiveGreeting()).isEqualTo(3);
      }
    }
  }

  @Test
  void listNamesTheOpenExportsThatAreListed() throws IOException {
    server.listedExport("one", Direction.WRITE, 512);
    server.export("hidden", Direction.READ, 0);
    server.listedExport("two", Direction.READ, 0);
    server.listedExport("gone", Direction.READ, 0).stream().fail("a test said so");
    try (RawNbdClient client = server.connect()) {
      List<OptionAnswer> answers = client.option(3);

      assertThat(answers)
          .extracting(OptionAnswer::replyType)
          .containsExactly(ReplyType.SERVER, ReplyType.SERVER, ReplyType.ACK);
      assertThat(answers.get(0).text()).endsWith("one");
      assertThat(answers.get(1).text()).endsWith("two");
    }
  }

  @Test
  void anUnknownExportIsRefusedAndAnotherCanBeChosen() throws IOException {
    server.export("here", Direction.WRITE, 1000);
    try (RawNbdClient client = server.connect()) {
      assertThatThrownBy(() -> client.go("not here"))
          .isInstanceOfSatisfying(
              OptionRefusedException.class,
              e -> {
                assertThat(e.type()).isEqualTo(ReplyType.ERR_UNKNOWN);
                assertThat(e.text()).contains("not here");
              });
      assertThat(client.go("here").size()).isEqualTo(1024);
    }
  }

  @Test
  void anEndedExportCannotBeChosen() throws IOException {
    server.export("ended", Direction.WRITE, 1000).stream().fail("a test said so");
    try (RawNbdClient client = server.connect()) {
      assertThatThrownBy(() -> client.go("ended")).isInstanceOf(OptionRefusedException.class);
    }
  }

  @Test
  void aWriteExportCanBeWrittenFlushedTrimmedAndZeroed() throws IOException {
    server.export("write", Direction.WRITE, 0);
    try (RawNbdClient client = server.connect()) {
      Export export = client.go("write");

      assertThat(export.size()).isEqualTo((1L << 62) - (1L << 30) + (1L << 62));
      assertThat(export.flags())
          .isEqualTo(
              TransmissionFlags.HAS_FLAGS
                  | TransmissionFlags.SEND_FLUSH
                  | TransmissionFlags.SEND_FUA
                  | TransmissionFlags.SEND_TRIM
                  | TransmissionFlags.SEND_WRITE_ZEROES
                  | TransmissionFlags.SEND_CACHE
                  | TransmissionFlags.SEND_FAST_ZERO);
    }
  }

  @Test
  void aReadExportIsReadOnly() throws IOException {
    server.export("read", Direction.READ, 513);
    try (RawNbdClient client = server.connect()) {
      Export export = client.go("read");

      assertThat(export.size()).isEqualTo(1024);
      assertThat(export.flags())
          .isEqualTo(
              TransmissionFlags.HAS_FLAGS
                  | TransmissionFlags.READ_ONLY
                  | TransmissionFlags.SEND_CACHE);
    }
  }

  @Test
  void severalConnectionsAreNotOffered() throws IOException {
    server.export("write", Direction.WRITE, 0);
    try (RawNbdClient client = server.connect()) {
      assertThat(client.go("write").flags() & TransmissionFlags.CAN_MULTI_CONN).isZero();
    }
  }

  @Test
  void infoTellsWithoutAttaching() throws IOException {
    dev.sluice.export.Export export = server.export("looked-at", Direction.WRITE, 4096);
    try (RawNbdClient client = server.connect()) {
      List<OptionAnswer> answers = client.option(6, RawNbdClient.infoData("looked-at", 1, 3));

      assertThat(answers).hasSize(4);
      assertThat(ByteBuffer.wrap(answers.get(0).data()).getLong(2)).isEqualTo(4096);
      assertThat(answers.get(1).text()).endsWith("looked-at");
      ByteBuffer blockSize = ByteBuffer.wrap(answers.get(2).data());
      assertThat(blockSize.getInt(2)).isEqualTo(1);
      assertThat(blockSize.getInt(10)).isEqualTo(32 * 1024 * 1024);
      assertThat(export.stream().status().clients()).isZero();
    }
  }

  @Test
  void anAttachedClientIsCountedUntilItLeaves() throws IOException {
    dev.sluice.export.Export export = server.export("counted", Direction.WRITE, 4096);
    try (RawNbdClient client = server.connect()) {
      client.go("counted");
      assertThat(export.stream().status().clients()).isEqualTo(1);
    }
    await().until(() -> export.stream().status().clients() == 0);
    assertThat(export.stream().status().state()).isEqualTo(StreamState.WAITING);
  }

  @Test
  void optionsThatAreNotSupportedAreRefusedOneByOne() throws IOException {
    server.export("here", Direction.WRITE, 1000);
    try (RawNbdClient client = server.connect()) {
      for (int code : new int[] {4, 12, 999, -1}) {
        byte[] data = {1, 2, 3};
        assertThat(client.option(code, data).getLast().replyType()).isEqualTo(ReplyType.ERR_UNSUP);
      }
      client.go("here");
    }
  }

  @Test
  void malformedOptionsAreRefusedAndTheNextOneIsRead() throws IOException {
    server.export("here", Direction.WRITE, 1000);
    try (RawNbdClient client = server.connect()) {
      assertThat(client.option(GO).getLast().replyType()).isEqualTo(ReplyType.ERR_INVALID);
      assertThat(client.option(GO, new byte[] {-1, -1, -1, -1, 0, 0}).getLast().replyType())
          .isEqualTo(ReplyType.ERR_INVALID);
      assertThat(client.option(3, new byte[] {1}).getLast().replyType())
          .isEqualTo(ReplyType.ERR_INVALID);
      client.go("here");
    }
  }

  @Test
  void anOversizedOptionIsSkippedAndRefused() throws IOException {
    server.export("here", Direction.WRITE, 1000);
    try (RawNbdClient client = server.connect()) {
      assertThat(client.option(GO, new byte[70_000]).getLast().replyType())
          .isEqualTo(ReplyType.ERR_TOO_BIG);
      client.go("here");
    }
  }

  @Test
  void abortIsAcknowledgedAndTheConnectionClosed() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(client.option(2).getLast().replyType()).isEqualTo(ReplyType.ACK);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void exportNameWorksWithAndWithoutPadding() throws IOException {
    server.export("old", Direction.WRITE, 4096);
    for (int flags : new int[] {1, 3}) {
      try (RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
        client.receiveGreeting();
        client.sendClientFlags(flags);
        assertThat(client.exportName("old").size()).isEqualTo(4096);
      }
    }
  }

  @Test
  void exportNameOfAnUnknownExportClosesTheConnection() throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.sendOption(1, "nobody".getBytes(UTF_8));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void unknownClientFlagsCloseTheConnection() throws IOException {
    try (RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
      client.receiveGreeting();
      client.sendClientFlags(0x80000003);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aWrongMagicClosesTheConnection() throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.sendRaw(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8)));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void theHandshakeMayComeByteByByte() throws IOException {
    server.export("slow", Direction.WRITE, 4096);
    byte[] data = RawNbdClient.infoData("slow", 3);
    ByteBuffer handshake = ByteBuffer.allocate(4 + 16 + data.length);
    handshake.putInt(3).putLong(0x49484156454f5054L).putInt(GO).putInt(data.length).put(data);
    try (RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
      client.receiveGreeting();
      for (byte b : handshake.array()) {
        client.sendRaw(ByteBuffer.wrap(new byte[] {b}));
      }
      assertThat(client.receiveOptionAnswer(GO).replyType()).isEqualTo(ReplyType.INFO);
      assertThat(client.receiveOptionAnswer(GO).replyType()).isEqualTo(ReplyType.INFO);
      assertThat(client.receiveOptionAnswer(GO).replyType()).isEqualTo(ReplyType.ACK);
    }
  }

  @Test
  void whatComesBehindGoInTheSamePacketIsTheFirstRequest() throws Exception {
    server.export("eager", Direction.WRITE, 100_000);
    byte[] payload = new byte[100_000];
    new java.util.Random(1).nextBytes(payload);
    byte[] data = RawNbdClient.infoData("eager");
    ByteBuffer all = ByteBuffer.allocate(4 + 16 + data.length + 28 + payload.length);
    all.putInt(3).putLong(0x49484156454f5054L).putInt(GO).putInt(data.length).put(data);
    all.putInt(0x25609513).putShort((short) 0).putShort((short) 1).putLong(42).putLong(0);
    all.putInt(payload.length).put(payload).flip();
    try (Pipes.Reader reader = Pipes.read(server.path("eager"));
        RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
      client.receiveGreeting();
      client.sendRaw(all);
      client.receiveOptionAnswer(GO);
      client.receiveOptionAnswer(GO);
      assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(0, 42));
      assertThat(reader.bytes()).isEqualTo(payload);
    }
  }

  @Test
  void aClientThatResetsAnywhereInTheHandshakeLeavesNothing() throws IOException {
    server.export("reset", Direction.WRITE, 4096);
    byte[] data = RawNbdClient.infoData("reset");
    ByteBuffer handshake = ByteBuffer.allocate(4 + 16 + data.length);
    handshake.putInt(3).putLong(0x49484156454f5054L).putInt(GO).putInt(data.length).put(data);
    long before = descriptors();
    for (int length = 0; length <= handshake.capacity(); length++) {
      RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5));
      client.sendRaw(handshake.slice(0, length));
      client.abort();
    }
    await().until(() -> descriptors() <= before && server.nbd().sessionCount() == 0);
    assertThat(server.exports().find("reset").orElseThrow().stream().status().clients()).isZero();
  }

  static long descriptors() throws IOException {
    try (var open = Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
