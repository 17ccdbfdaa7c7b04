package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteCountTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "08, 8",
    "1234567890, 1234567890",
    "1b, 1",
    "1B, 1",
    "1s, 512",
    "2S, 1024",
    "1k, 1024",
    "1K, 1024",
    "3m, 3145728",
    "3M, 3145728",
    "10g, 10737418240",
    "10G, 10737418240",
    "1t, 1099511627776",
    "1T, 1099511627776",
    "1p, 1125899906842624",
    "8191P, 9222246136947933184",
    "1e, 1152921504606846976",
    "7E, 8070450532247928832",
    "9223372035781033984, 9223372035781033984",
    "18014398507384832s, 9223372035781033984",
  })
  void aSizeHasDigitsAndASuffix(String text, long bytes) {
    assertThat(ByteCount.SIZE.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "G", "10GB", "10GiB", "10 G", " 10G", "10G ", "10G\n", "1.5G", "1,5G", "1e3",
        "0x10", "-1", "+1", "--1", "1-", "1GG", "1Gk", "1i", "1\u212a", "\u0661", "\uff11",
        "1\u0000", "ten",
      })
  void whatIsNoSizeIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteCount.SIZE.parse(text))
        .withMessage(ByteCount.SIZE.expected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "00", "0b", "0E"})
  void nothingIsNotASize(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteCount.SIZE.parse(text))
        .withMessageStartingWith("it is not positive");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372035781033985",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551617",
        "18014398507384833s",
        "8192P",
        "8E",
        "16E",
        "99999999999999999999999999999G",
      })
  void whatNoDiskIsAsLargeAsIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteCount.SIZE.parse(text))
        .withMessageStartingWith("it is too large");
  }

  @Test
  void theLargestSizeIsTheLargestDiskThatQemuOpens() {
    assertThat(ByteCount.SIZE.most()).isEqualTo(Long.MAX_VALUE - (1L << 30) + 1);
    assertThat(ByteCount.SIZE.requireInRange(ByteCount.SIZE.most()))
        .isEqualTo(ByteCount.SIZE.most());
  }
}
