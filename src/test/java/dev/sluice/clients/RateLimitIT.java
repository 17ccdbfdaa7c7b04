package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A copy that is held back. That it is not too slow is for RateLimiterTest, which has its own
 * clock.
 */
@ExtendWith(LeavesNothingBehind.class)
class RateLimitIT {

  private static final long RATE = 8L * Disks.MIB;
  private static final long TEN_SECONDS = 10_000_000_000L;

  /** A position, and the times between which it was true. */
  private record Sample(long before, long after, long position) {}

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  @Test
  void noTenSecondsHaveMoreThanTheirShareUntilTheLimitIsTakenAway() {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk, Map.of("rateLimit", RATE));
        Command.Running client =
            Command.of("nbdcopy", disk.path(), trial.uri(Transport.TCP)).start()) {
      List<Sample> samples = new ArrayList<>();
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                samples.add(sample(trial));
                return samples.getLast().before - samples.getFirst().after > TEN_SECONDS * 6 / 5;
              });

      trial.patch(Map.of("rateLimit", 0));

      client.await().assertSucceeded();
      trial.assertComplete();
      assertThat(samples.getLast().position).isPositive();
      samples.forEach(from -> assertShare(from, samples));
    }
  }

  private static Sample sample(WriteTrial trial) {
    long before = System.nanoTime();
    long position = trial.now().position();
    return new Sample(before, System.nanoTime(), position);
  }

  private static void assertShare(Sample from, List<Sample> samples) {
    for (Sample to : samples) {
      if (to.before - from.after >= TEN_SECONDS) {
        double most = 1.05 * RATE * (to.after - from.before) / 1e9;
        assertThat((double) to.position - from.position).isLessThanOrEqualTo(most);
      }
    }
  }
}
