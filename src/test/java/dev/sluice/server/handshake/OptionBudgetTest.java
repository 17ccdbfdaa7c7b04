package dev.sluice.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OptionBudgetTest {

  private static final long EACH = TimeUnit.MILLISECONDS.toNanos(2);

  @Test
  void theFirstOptionsAreFreeAndEachOfTheOthersIsPaidForOnce() throws Exception {
    OptionBudget budget = new OptionBudget(1000, 500);
    for (int i = 0; i < OptionBudget.FREE; i++) {
      budget.takeOption();
    }
    assertThat(budget.pause()).isZero();
    budget.takeOption();
    budget.takeList(20);
    assertThat(budget.pause()).isEqualTo(21 * EACH);
    assertThat(budget.pause()).isZero();
    budget.takeOption();
    assertThat(budget.pause()).isEqualTo(EACH);
  }
}
