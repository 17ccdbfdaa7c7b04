package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SuspendAwareClockTest {

  private long nanos = 17;
  private Instant day = Instant.parse("2026-01-01T00:00:00Z");
  private final SuspendAwareClock clock = new SuspendAwareClock(() -> nanos, () -> day);
  private final long start = clock.getAsLong();

  private Duration since(Duration awake, Duration day) {
    nanos += awake.toNanos();
    this.day = this.day.plus(day);
    return Duration.ofNanos(clock.getAsLong() - start);
  }

  @Test
  void itCountsTheTimeInWhichTheMachineWasSuspended() {
    Duration second = Duration.ofSeconds(1);
    assertThat(since(second, second)).isEqualTo(second);
    assertThat(since(second, Duration.ofSeconds(11))).isEqualTo(Duration.ofSeconds(12));
    assertThat(since(second, second)).isEqualTo(Duration.ofSeconds(13));
  }

  @Test
  void itNeverGoesBackAndIsNotLedByClocksThatAreKeptRight() {
    Duration second = Duration.ofSeconds(1);
    assertThat(since(second, Duration.ofHours(-1))).isEqualTo(second);
    for (int i = 1; i <= 100; i++) {
      assertThat(since(second, Duration.ofMillis(i % 2 == 0 ? 600 : 1400)))
          .isEqualTo(Duration.ofSeconds(1 + i));
    }
  }
}
