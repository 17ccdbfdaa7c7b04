package dev.sluice.cli.remote.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1023, 1023",
    "1024, 1k",
    "1535, 1.4k",
    "1536, 1.5k",
    "1048575, 1023.9k",
    "268435456, 256M",
    "9223372036854775807, 7.9E"
  })
  void bytesAreCutToATenthOfTheirUnit(long bytes, String text) {
    assertThat(Amounts.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0s",
    "119, 119s",
    "120, 2m",
    "192, 3m12s",
    "3599, 59m",
    "15120, 4h12m",
    "129600, 36h",
    "273600, 3d4h",
    "1036800, 12d"
  })
  void agesAreAsKubectlShowsThem(long seconds, String text) {
    assertThat(Amounts.age(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"5, 0:05", "754, 12:34", "3723, 1:02:03"})
  void timesAreThoseOfAClock(long seconds, String text) {
    assertThat(Amounts.clock(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}
