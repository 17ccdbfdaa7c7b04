package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Transport;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A thousand streams, most of which end badly: nothing is left of them. */
@ExtendWith(LeavesNothingBehind.class)
class ThousandRoundsIT {

  private static final int ROUNDS = 1_000;
  private static final int WARM_UP = 100;
  private static final int AT_ONCE = 4;
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);

  /** A kibibyte and a half that each round left would be more. */
  private static final long HEAP_MARGIN = 1_500 * 1024;

  /** The headers of a few sessions that the collector has not come to yet. */
  private static final long DIRECT_MARGIN = 16 * 1024;

  private final ExportsApi api = OwnService.shared().api();

  private record Memory(long heap, long direct) {

    static Memory take() {
      System.gc();
      return new Memory(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .filter(pool -> pool.getName().equals("direct"))
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum());
    }
  }

  @Test
  void nothingIsLeftOfAThousandStreams() throws Exception {
    assertNothingIsLeftOf(Rounds.ALL);
  }

  @Test
  void nothingIsLeftOfAThousandStreamsByHttp() throws Exception {
    assertNothingIsLeftOf(WebRounds.ALL);

    await().until(() -> api.scrape().sum("sluice_data_streams") == 0);
  }

  private void assertNothingIsLeftOf(List<Rounds.Round> kinds) throws Exception {
    int exports = api.list().size();
    play(WARM_UP, kinds);
    Memory before = Memory.take();

    play(ROUNDS, kinds);

    assertThat(api.list()).hasSize(exports);
    await()
        .atMost(SETTLES_WITHIN)
        .untilAsserted(
            () -> {
              Memory now = Memory.take();
              assertThat(now.heap()).as("heap").isLessThanOrEqualTo(before.heap() + HEAP_MARGIN);
              assertThat(now.direct())
                  .as("direct memory")
                  .isLessThanOrEqualTo(before.direct() + DIRECT_MARGIN);
            });
  }

  private static void play(int rounds, List<Rounds.Round> kinds) throws Exception {
    SplittableRandom random = new SplittableRandom(rounds);
    List<Callable<Void>> all = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      Rounds.Round round = kinds.get(i % kinds.size());
      Transport transport = Transport.values()[random.nextInt(Transport.values().length)];
      all.add(
          () -> {
            round.play(transport);
            return null;
          });
    }
    try (ExecutorService players = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Void> played : players.invokeAll(all)) {
        played.get();
      }
    }
  }
}
