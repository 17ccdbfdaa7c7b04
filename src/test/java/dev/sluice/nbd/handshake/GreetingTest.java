package dev.sluice.nbd.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GreetingTest {

  @Test
  void aGreetingIsTwoMagicsAndTheFlags() {
    assertThat(Greeting.encode(Protocol.FLAG_FIXED_NEWSTYLE | Protocol.FLAG_NO_ZEROES))
        .isEqualTo(Wire.bytes("4e42444d41474943 49484156454f5054 0003"));
  }

  @Test
  void eachClientFlagIsItsOwnAnswer() throws ProtocolException {
    assertThat(ClientFlags.decode(0)).isEqualTo(new ClientFlags(false, false));
    assertThat(ClientFlags.decode(1)).isEqualTo(new ClientFlags(true, false));
    assertThat(ClientFlags.decode(2)).isEqualTo(new ClientFlags(false, true));
    assertThat(ClientFlags.decode(3)).isEqualTo(new ClientFlags(true, true));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 7, 1 << 16, 1 << 31, -1})
  void anUnknownClientFlagEndsTheConnection(int flags) {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> ClientFlags.decode(flags))
        .withMessage("client flags: 0x%08x (expected: none but 0x00000003)", flags);
  }
}
