package dev.sluice.nbd.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.Wire;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionHeaderTest {

  @Test
  void aHeaderIsDecodedAndNothingBehindIt() throws ProtocolException {
    ByteBuffer buffer = Wire.bytes("49484156454f5054 00000007 0000000a ffff");

    assertThat(OptionHeader.decode(buffer)).isEqualTo(new OptionHeader(7, 10));
    assertThat(buffer.remaining()).isEqualTo(2);
  }

  @Test
  void aWrongMagicEndsTheConnection() {
    ByteBuffer buffer = Wire.bytes("49484156454f5055 00000007 0000000a");

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> OptionHeader.decode(buffer))
        .withMessage("option magic: 0x49484156454f5055 (expected: 0x49484156454f5054)");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, false",
    "65536, 65536, false",
    "65537, 65537, true",
    "2147483647, 2147483647, true",
    "-2147483648, 2147483648, true",
    "-1, 4294967295, true",
  })
  void aLengthIsUnsignedAndLimited(int length, long unsigned, boolean longer) {
    OptionHeader header = new OptionHeader(1, length);

    assertThat(header.unsignedLength()).isEqualTo(unsigned);
    assertThat(header.isLongerThan(65536)).isEqualTo(longer);
  }
}
