package dev.sluice.nbd.transmission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.Wire;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RequestTest {

  @Test
  void aRequestIsDecodedAndNothingBehindIt() throws ProtocolException {
    ByteBuffer buffer =
        Wire.bytes("25609513 0001 0006 1112131415161718 0000000100000200 00001000 ff");

    assertThat(Request.decode(buffer))
        .isEqualTo(new Request(1, 6, 0x1112131415161718L, 0x100000200L, 4096));
    assertThat(buffer.remaining()).isOne();
  }

  @Test
  void flagsAndTypeAreTwoUnsignedFields() throws ProtocolException {
    Request request =
        Request.decode(Wire.bytes("25609513 8000 ffff ffffffffffffffff ffffffffffffffff ffffffff"));

    assertThat(request).isEqualTo(new Request(0x8000, 0xffff, -1, -1, -1));
    assertThat(request.length()).isEqualTo(4_294_967_295L);
    assertThat(request.command()).isEmpty();
  }

  @Test
  void aWrongMagicEndsTheConnection() {
    ByteBuffer historic = Wire.bytes("12560953" + "00".repeat(24));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Request.decode(historic))
        .withMessage("request magic: 0x12560953 (expected: 0x25609513)");
  }

  @Test
  void ofAllTypesOnlyAWriteCarriesAPayload() {
    for (int type = 0; type <= 0xffff; type++) {
      assertThat(new Request(0, type, 0, 0, 512).payloadLength()).isEqualTo(type == 1 ? 512 : 0);
    }
  }

  @Test
  void anExtendedRequestHas64BitsOfLength() throws ProtocolException {
    ByteBuffer buffer =
        Wire.bytes("21e41c71 0020 0001 1112131415161718 0000000100000200 8000000000001000 ff");

    Request request = Request.decodeExtended(buffer);

    assertThat(request)
        .isEqualTo(
            new Request(32, 1, 0x1112131415161718L, 0x100000200L, 0x8000000000001000L, true));
    assertThat(buffer.remaining()).isOne();
  }

  @Test
  void eachDialectKnowsItsOwnMagicOnly() throws ProtocolException {
    String compact = "25609513" + "00".repeat(28);
    String extended = "21e41c71" + "00".repeat(28);

    assertThat(Dialect.SIMPLE.decode(Wire.bytes(compact)).extended()).isFalse();
    assertThat(Dialect.STRUCTURED.decode(Wire.bytes(compact)).extended()).isFalse();
    assertThat(Dialect.EXTENDED.decode(Wire.bytes(extended)).extended()).isTrue();
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Dialect.EXTENDED.decode(Wire.bytes(compact)))
        .withMessage("request magic: 0x25609513 (expected: 0x21e41c71)");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Dialect.STRUCTURED.decode(Wire.bytes(extended)));
  }

  @Test
  void anExtendedRequestCarriesAPayloadIfItSaysSoOrIsAWrite() {
    for (int type = 0; type <= 0xffff; type++) {
      assertThat(new Request(32, type, 0, 0, 1L << 40, true).payloadLength()).isEqualTo(1L << 40);
      assertThat(new Request(~32, type, 0, 0, 512, true).payloadLength())
          .isEqualTo(type == 1 ? 512 : 0);
    }
  }

  @Test
  void aSimpleReplyIsPutWhereTheBufferStands() {
    ByteBuffer buffer = ByteBuffer.allocate(20).position(2);

    SimpleReply.encode(buffer, NbdError.ENOSPC, 0x1112131415161718L);

    assertThat(buffer.position()).isEqualTo(18);
    assertThat(buffer.flip().position(2))
        .isEqualTo(Wire.bytes("67446698 0000001c 1112131415161718"));
  }
}
