package dev.sluice.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
    assertThat(request.unsignedLength()).isEqualTo(4_294_967_295L);
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
      assertThat(new Request(0, type, 0, 0, 512).carriesPayload()).isEqualTo(type == 1);
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
