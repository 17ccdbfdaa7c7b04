package dev.sluice.stream.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {

  private static final long SECOND = 1_000_000_000;

  private long now = -7 * SECOND; // nanoTime may be anything

  private record Step(long at, long bytes) {}

  /** Takes what is allowed for some seconds; each wait ends late, as it does on a busy machine. */
  private List<Step> run(RateLimiter pace, long wanted, int seconds, Random random) {
    List<Step> steps = new ArrayList<>();
    for (long end = now + seconds * SECOND; now < end; ) {
      long allowed = pace.allowedNow(wanted);
      if (allowed == 0) {
        now += pace.pauseMillis(wanted) * 1_000_000L + random.nextLong(60_000_000);
      } else {
        pace.took(allowed);
        steps.add(new Step(now, allowed));
        now += random.nextLong(100_000);
      }
    }
    return steps;
  }

  @ParameterizedTest
  @ValueSource(longs = {100, 5_000, 1_000_000, 50_000_000, 3_000_000_000L})
  void anyTenSecondsHaveTheirShare(long rate) {
    RateLimiter pace = new RateLimiter(rate, () -> now);
    List<Step> steps = run(pace, 256 * 1024, 60, new Random(rate));

    double least = 1;
    double most = 1;
    long bytes = 0;
    int to = 0;
    for (Step from : steps) {
      while (to < steps.size() && steps.get(to).at < from.at + 10 * SECOND) {
        bytes += steps.get(to++).bytes;
      }
      if (to == steps.size()) {
        break;
      }
      least = Math.min(least, bytes / (10.0 * rate));
      most = Math.max(most, bytes / (10.0 * rate));
      bytes -= from.bytes;
    }
    assertThat(least).isBetween(0.95, 1.0);
    assertThat(most).isBetween(1.0, 1.05);
  }

  @Test
  void whatWasNotUsedForLongIsNotSavedUp() {
    RateLimiter pace = new RateLimiter(1000, () -> now);
    now += 3600 * SECOND;

    assertThat(pace.allowedNow(1_000_000)).isEqualTo(250);
  }

  @Test
  void oneBytePerSecondIsPossible() {
    RateLimiter pace = new RateLimiter(1, () -> now);

    List<Step> steps = run(pace, 10, 100, new Random(1));

    assertThat(steps).extracting(Step::bytes).containsOnly(1L);
    assertThat(steps).hasSizeBetween(90, 101);
  }

  @Test
  void withoutALimitEverythingMayGo() {
    RateLimiter pace = new RateLimiter(0, () -> now);

    assertThat(pace.allowedNow(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aLimitCanBeSetChangedAndTakenAway() {
    RateLimiter pace = new RateLimiter(0, () -> now);
    pace.took(pace.allowedNow(1_000_000));
    pace.limit(1000);
    assertThat(run(pace, 1000, 10, new Random(2)).stream().mapToLong(Step::bytes).sum())
        .isBetween(9_500L, 10_500L);

    pace.limit(100_000);
    assertThat(run(pace, 1000, 10, new Random(3)).stream().mapToLong(Step::bytes).sum())
        .isBetween(950_000L, 1_050_000L);

    pace.limit(0);
    assertThat(pace.allowedNow(1_000_000)).isEqualTo(1_000_000);
  }
}
