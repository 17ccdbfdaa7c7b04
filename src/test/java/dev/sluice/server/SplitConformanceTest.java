package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.testing.Slow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing in the protocol depends on how its bytes are cut into packets: a whole conversation, from
 * the client flags to the goodbye, has the same answers wherever it is cut.
 */
@Slow("Cuts conversations at every byte.")
class SplitConformanceTest extends Conformance {

  private static final byte[] PAYLOAD = {1, 2, 3};

  @ParameterizedTest
  @ValueSource(ints = {0, STRUCTURED_REPLY, EXTENDED_HEADERS})
  void aConversationHasTheSameAnswersWhereverItIsCut(int agreement) throws IOException {
    write("disk", 4096);
    byte[] conversation = conversation(agreement);
    byte[] expected = answers(conversation, conversation.length);
    assertThat(expected).hasSizeGreaterThan(150);
    for (int cut = 0; cut < conversation.length; cut++) {
      assertThat(answers(conversation, cut)).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, STRUCTURED_REPLY, EXTENDED_HEADERS})
  void aConversationMayComeByteByByte(int agreement) throws IOException {
    write("disk", 4096);
    byte[] conversation = conversation(agreement);
    byte[] expected = answers(conversation, conversation.length);
    try (RawNbdClient client = greeted()) {
      for (byte b : conversation) {
        client.sendRaw(ByteBuffer.wrap(new byte[] {b}));
      }
      assertThat(client.receiveToEnd()).isEqualTo(expected);
    }
  }

  /** Most of its payload is still in the socket when the session begins. */
  @Test
  void aLongWriteMayFollowGoInTheSamePacket() throws Exception {
    write("disk", 100_000);
    byte[] payload = Arrays.copyOf(DISK, 100_000);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {0, 0, 0, 3});
    option(all, GO, RawNbdClient.infoData("disk"));
    request(all, false, 0, WRITE, 0, payload.length, payload);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = greeted()) {
      client.sendRaw(ByteBuffer.wrap(all.toByteArray()));
      client.receiveOptionAnswer(GO);
      client.receiveOptionAnswer(GO);
      assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(0, 42));
      assertThat(reader.bytes()).isEqualTo(payload);
    }
  }

  @Test
  void aConversationThatEndsAnywhereLeavesNobodyBehind() throws IOException {
    write("disk", 4096);
    byte[] conversation = conversation(EXTENDED_HEADERS);
    for (int end = 0; end < conversation.length; end++) {
      try (RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(20))) {
        client.sendRaw(ByteBuffer.wrap(conversation, 0, end));
        client.shutdownOutput();
        client.receiveToEnd();
      }
    }
  }

  private static byte[] answers(byte[] conversation, int cut) throws IOException {
    try (RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(20))) {
      client.sendRaw(ByteBuffer.wrap(conversation, 0, cut));
      if (cut == 0) {
        client.receiveGreeting(); // the server's word comes first, whatever the client does
      }
      client.sendRaw(ByteBuffer.wrap(conversation, cut, conversation.length - cut));
      byte[] answers = client.receiveToEnd();
      return cut == 0 ? answers : Arrays.copyOfRange(answers, 18, answers.length);
    }
  }

  private static byte[] conversation(int agreement) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {0, 0, 0, 3});
    option(bytes, LIST);
    if (agreement != 0) {
      option(bytes, agreement);
      option(bytes, SET_META_CONTEXT, RawNbdClient.contextData("disk", "base:allocation"));
    }
    option(bytes, GO, RawNbdClient.infoData("disk", 3));
    boolean extended = agreement == EXTENDED_HEADERS;
    request(bytes, extended, extended ? PAYLOAD_LEN : 0, WRITE, 512, 3, PAYLOAD);
    request(bytes, extended, 0, READ, 511, 5);
    request(bytes, extended, 0, BLOCK_STATUS, 0, 4096);
    request(bytes, extended, 0x8000, FLUSH, 0, 0);
    request(bytes, extended, 0, FLUSH, 0, 0);
    request(bytes, extended, 0, DISC, 0, 0);
    return bytes.toByteArray();
  }

  private static void option(ByteArrayOutputStream into, int code, byte... data) {
    into.writeBytes(
        ByteBuffer.allocate(16)
            .putLong(0x49484156454f5054L)
            .putInt(code)
            .putInt(data.length)
            .array());
    into.writeBytes(data);
  }

  private static void request(
      ByteArrayOutputStream into,
      boolean extended,
      int flags,
      int type,
      long offset,
      long length,
      byte... payload) {
    ByteBuffer encoded =
        RawNbdClient.encode(new Request(flags, type, 42, offset, length, extended), payload);
    into.write(encoded.array(), 0, encoded.remaining());
  }
}
