package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DescriptorReserveTest {

  private final AtomicLong open = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private final DescriptorReserve reserve =
      new DescriptorReserve(
          1024,
          () -> {
            looks.incrementAndGet();
            return open.get();
          },
          now::get);

  @Test
  void whileManyAreLeftThereIsNoShortage() {
    open.set(1024 - 64);

    assertThat(reserve.shortage()).isEmpty();
  }

  @Test
  void whileTooFewAreLeftTheLimitIsNamed() {
    open.set(1024 - 63);

    assertThat(reserve.shortage().orElseThrow())
        .contains("961 of 1024 file descriptors", "RLIMIT_NOFILE", "ulimit -n");
  }

  @Test
  void itIsOverAsSoonAsSomeWereClosed() {
    open.set(1024);
    assertThat(reserve.shortage()).isPresent();

    open.set(500);

    assertThat(reserve.shortage()).isEmpty();
  }

  @Test
  void aFewThatWereClosedDoNotEndIt() {
    open.set(1024 - 63);
    assertThat(reserve.shortage()).isPresent();

    open.set(1024 - 79);
    assertThat(reserve.shortage()).isPresent();

    open.set(1024 - 80);
    assertThat(reserve.shortage()).isEmpty();
  }

  @Test
  void theyAreNotCountedForEverythingThatComes() {
    for (int i = 0; i < 20; i++) {
      assertThat(reserve.shortage()).isEmpty();
    }
    assertThat(looks).hasValue(1);

    open.set(1024);
    now.addAndGet(1_000_000_000);

    assertThat(reserve.shortage()).isPresent();
  }

  /** Each takes some, of which a count before them knows nothing. */
  @Test
  void theyAreCountedAgainBeforeThoseThatCameCanHaveUsedThemUp() {
    for (int i = 0; i < 200; i++) {
      open.addAndGet(8);
      if (reserve.shortage().isPresent()) {
        assertThat(open.get()).isBetween(1024L - 64, 1024L);
        return;
      }
    }
    throw new AssertionError("nothing was refused");
  }
}
