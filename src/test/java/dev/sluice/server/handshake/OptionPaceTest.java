package dev.sluice.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OptionPaceTest {

  private static final long EACH = 500_000;

  private long now = Long.MAX_VALUE - 1; // a clock of nanoseconds may overflow
  private final OptionPace pace = new OptionPace(2000, () -> now);

  @Test
  void whoeverAsksWaitsForItsOwnOptionsAndForThoseBeforeThem() {
    assertThat(pace.pauseAfter(10)).isEqualTo(10 * EACH);
    assertThat(pace.pauseAfter(3)).isEqualTo(13 * EACH);
    now += 12 * EACH;
    assertThat(pace.pauseAfter(2)).isEqualTo(3 * EACH);
  }

  @Test
  void timeInWhichNobodyAsksIsNotSaved() {
    assertThat(pace.pauseAfter(1)).isEqualTo(EACH);
    now += 1000 * EACH;
    assertThat(pace.pauseAfter(1)).isEqualTo(EACH);
  }

  @Test
  void aClientHasTheFirstForFreeAndPaysForEachOfTheOthersOnce() throws Exception {
    OptionBudget budget = new OptionBudget(1000, pace);
    for (int i = 0; i < OptionPace.FREE; i++) {
      budget.takeOption();
    }
    assertThat(budget.pause()).isZero();
    budget.takeOption();
    budget.takeList(20);
    assertThat(budget.pause()).isEqualTo(21 * EACH);
    assertThat(budget.pause()).isZero();
    budget.takeOption();
    assertThat(budget.pause()).isEqualTo(22 * EACH);
  }
}
