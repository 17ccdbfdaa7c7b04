package dev.sluice.nbd.handshake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.nbd.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionReplyTest {

  private static final String MAGIC = "0003e889045565a9";

  @Test
  void anAckHasNoData() {
    assertThat(OptionReply.ack(7)).isEqualTo(Wire.bytes(MAGIC + "00000007 00000001 00000000"));
  }

  @Test
  void anExportOfAListIsItsNameAndPerhapsADescription() {
    assertThat(OptionReply.server(3, "vm1"))
        .isEqualTo(Wire.bytes(MAGIC + "00000003 00000002 00000007 00000003 766d31"));
    assertThat(OptionReply.server(3, "vm1", "hi"))
        .isEqualTo(Wire.bytes(MAGIC + "00000003 00000002 00000009 00000003 766d31 6869"));
  }

  @Test
  void informationAboutAnExportIsItsSizeAndFlags() {
    assertThat(OptionReply.infoExport(7, 0x7fffffffc0000000L, 0x8003))
        .isEqualTo(Wire.bytes(MAGIC + "00000007 00000003 0000000c 0000 7fffffffc0000000 8003"));
  }

  @Test
  void informationMayBeANameOrADescription() {
    assertThat(OptionReply.infoName(6, "vm1"))
        .isEqualTo(Wire.bytes(MAGIC + "00000006 00000003 00000005 0001 766d31"));
    assertThat(OptionReply.infoDescription(6, "é"))
        .isEqualTo(Wire.bytes(MAGIC + "00000006 00000003 00000004 0002 c3a9"));
  }

  @Test
  void informationMayBeTheBlockSizes() {
    assertThat(OptionReply.infoBlockSize(7, 1, 262144, 33554432))
        .isEqualTo(
            Wire.bytes(MAGIC + "00000007 00000003 0000000e 0003 00000001 00040000 02000000"));
  }

  @Test
  void anErrorIsATypeAndAMessage() {
    assertThat(OptionReply.error(7, ReplyType.ERR_UNKNOWN, "no"))
        .isEqualTo(Wire.bytes(MAGIC + "00000007 80000006 00000002 6e6f"));
  }

  @Test
  void theReplyToAnUnknownOptionBearsItsCode() {
    assertThat(OptionReply.error(-1, ReplyType.ERR_UNSUP, ""))
        .isEqualTo(Wire.bytes(MAGIC + "ffffffff 80000001 00000000"));
  }

  @Test
  void anErrorCannotSaySuccess() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OptionReply.error(7, ReplyType.ACK, "no"))
        .withMessage("reply type: ACK (expected: an error)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "€", "💾"})
  void aLongMessageIsCutBetweenCharacters(String character) {
    for (int shift = 0; shift < 4; shift++) {
      String message = "x".repeat(shift) + character.repeat(5000);

      byte[] text = textOf(OptionReply.error(7, ReplyType.ERR_INVALID, message));

      assertThat(text).hasSizeBetween(4093, 4096);
      assertThat(message).startsWith(new String(text, UTF_8));
    }
  }

  @Test
  void aMessageAsLongAsTheLimitIsKeptWhole() {
    String longest = "x".repeat(4094) + "é";

    assertThat(textOf(OptionReply.error(7, ReplyType.ERR_INVALID, longest)))
        .isEqualTo(longest.getBytes(UTF_8));
  }

  @Test
  void aMessageHoldsNoNul() {
    assertThat(textOf(OptionReply.error(7, ReplyType.ERR_INVALID, "a\0b")))
        .isEqualTo("a\ufffdb".getBytes(UTF_8));
  }

  @Test
  void aNameIsNeverCut() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OptionReply.server(3, "x".repeat(4097)))
        .withMessage("name length: 4097 (expected: <= 4096)");
  }

  @Test
  void anExportNameReplyIsPaddedUnlessTheClientDeclined() {
    assertThat(ExportNameReply.encode(0x0102030405060708L, 0x0405, true))
        .isEqualTo(Wire.bytes("0102030405060708 0405"));
    assertThat(ExportNameReply.encode(0x0102030405060708L, 0x0405, false))
        .isEqualTo(Wire.bytes("0102030405060708 0405" + "00".repeat(124)));
  }

  private static byte[] textOf(ByteBuffer reply) {
    return Arrays.copyOfRange(reply.array(), 20, reply.limit());
  }
}
