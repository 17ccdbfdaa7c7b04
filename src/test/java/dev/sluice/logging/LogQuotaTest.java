package dev.sluice.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogQuotaTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // it may well wrap around
  private final LogQuota quota = new LogQuota(now::get);

  @Test
  void aMinuteHasSoManyLinesOfWhichTheLastSaysSo() {
    for (int i = 1; i < LogQuota.LINES; i++) {
      assertThat(quota.take()).isEmpty();
    }
    assertThat(quota.take()).isNotBlank();
    assertThat(quota.take()).isNull();

    now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
    assertThat(quota.take()).isNull();

    now.incrementAndGet();
    assertThat(quota.take()).isEmpty();
  }
}
