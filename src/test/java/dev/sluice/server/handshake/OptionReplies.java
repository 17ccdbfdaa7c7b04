package dev.sluice.server.handshake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.handshake.ReplyType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * Reads a handshake's both sides by hand, and checks that one answers the other (specification:
 * "Fixed newstyle negotiation").
 */
final class OptionReplies {

  private static final long IHAVEOPT = 0x49484156454f5054L;
  private static final int MAX_OPTION = 65_536;
  private static final int MAX_TEXT = 4096;

  private final ByteBuffer sent;
  private final ByteBuffer received;
  private final HandshakeFuzzTest.Talk talk;

  private OptionReplies(byte[] sent, HandshakeFuzzTest.Talk talk) {
    this.sent = ByteBuffer.wrap(sent);
    this.received = ByteBuffer.wrap(talk.received());
    this.talk = talk;
  }

  static void check(byte[] sent, HandshakeFuzzTest.Talk talk) throws CharacterCodingException {
    new OptionReplies(sent, talk).check();
  }

  private void check() throws CharacterCodingException {
    assertThat(received.getLong()).isEqualTo(0x4e42444d41474943L);
    assertThat(received.getLong()).isEqualTo(IHAVEOPT);
    assertThat(received.getShort()).isEqualTo((short) 3);
    boolean goesOn = sent.remaining() >= 4;
    boolean padded = false;
    if (goesOn) {
      int flags = sent.getInt();
      padded = (flags & 2) == 0;
      if ((flags & ~3) != 0) {
        expectEnd();
        return;
      }
    }
    while (goesOn && sent.remaining() >= 16) {
      if (sent.getLong() != IHAVEOPT) {
        expectEnd();
        return;
      }
      int code = sent.getInt();
      long length = Integer.toUnsignedLong(sent.getInt());
      if (sent.remaining() < length) {
        break; // it will be answered when it is whole
      }
      byte[] data = new byte[(int) length];
      sent.get(data);
      goesOn = answered(code, data, padded);
    }
    if (goesOn) {
      assertThat(talk.open()).as("awaits more").isTrue();
      assertThat(talk.chosen()).isEmpty();
    }
    assertThat(received.hasRemaining()).as("bytes that answer nothing").isFalse();
  }

  private void expectEnd() {
    assertThat(received.hasRemaining()).as("an answer to what is no option").isFalse();
    assertThat(talk.open()).isFalse();
    assertThat(talk.chosen()).isEmpty();
  }

  /** Checks the answer to one option: whether another may follow. */
  private boolean answered(int code, byte[] data, boolean padded) throws CharacterCodingException {
    if (code == 1 && data.length <= MAX_OPTION) {
      assertThat(talk.open()).isFalse();
      if (!talk.chosen().isEmpty()) {
        assertThat(talk.chosen()).isEqualTo(new String(data, UTF_8));
        received.position(received.position() + 10 + (padded ? 124 : 0));
        expectTheRestToBeLeft();
      }
      return false;
    }
    ReplyType last = repliesTo(code);
    assertThat(last == ReplyType.ERR_TOO_BIG || data.length <= MAX_OPTION).isTrue();
    if (last == ReplyType.ACK && code == 7) {
      int length = ByteBuffer.wrap(data).getInt();
      assertThat(talk.chosen()).isEqualTo(new String(data, 4, length, UTF_8));
      expectTheRestToBeLeft();
      return false;
    }
    if (code == 2 && data.length <= MAX_OPTION) {
      assertThat(last).isEqualTo(ReplyType.ACK);
      assertThat(talk.open()).isFalse();
      return false;
    }
    return true;
  }

  private void expectTheRestToBeLeft() {
    assertThat(talk.left())
        .as("what the session gets")
        .isEqualTo(Arrays.copyOfRange(sent.array(), sent.position(), sent.limit()));
  }

  /** Checks the replies to one option, and gives the type of the last. */
  private ReplyType repliesTo(int code) throws CharacterCodingException {
    while (true) {
      assertThat(received.getLong()).isEqualTo(0x3e889045565a9L);
      assertThat(received.getInt()).isEqualTo(code);
      ReplyType type = ReplyType.of(received.getInt()).orElseThrow();
      ByteBuffer data = received.slice(received.position() + 4, received.getInt());
      received.position(received.position() + data.remaining());
      if (type.isError()) {
        text(data, 0);
        return type;
      }
      if (type == ReplyType.ACK) {
        assertThat(data.hasRemaining()).isFalse();
        return type;
      }
      checkInformation(type, data);
    }
  }

  private static void checkInformation(ReplyType type, ByteBuffer data)
      throws CharacterCodingException {
    switch (type) {
      case SERVER -> {
        assertThat(data.getInt()).isPositive().isLessThanOrEqualTo(data.remaining());
        text(data, 1);
      }
      case META_CONTEXT -> {
        assertThat(data.getInt()).isNotNegative();
        text(data, 1);
      }
      case INFO -> {
        int kind = data.getShort();
        switch (kind) {
          case 0 -> assertThat(data.remaining()).isEqualTo(10);
          case 1, 2 -> text(data, 1);
          case 3 -> assertThat(data.remaining()).isEqualTo(12);
          default -> throw new AssertionError("information of kind " + kind);
        }
      }
      default -> throw new AssertionError("a reply of type " + type);
    }
  }

  private static void text(ByteBuffer data, int least) throws CharacterCodingException {
    assertThat(data.remaining()).isBetween(least, MAX_TEXT);
    UTF_8.newDecoder().decode(data);
  }
}
