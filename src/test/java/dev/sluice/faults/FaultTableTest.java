package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.GeneratedTable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of faults in docs/architecture.md says what {@link FaultRow} says. */
class FaultTableTest {

  @Test
  void thePageHasTheTable() throws IOException {
    GeneratedTable.assertStands(Path.of("docs", "architecture.md"), "faults", FaultRow.table());
  }

  @ParameterizedTest
  @EnumSource
  void everyRowHasAnOutcomeForEveryMoment(FaultRow row) {
    for (Moment moment : Moment.values()) {
      assertThat(row.outcome(moment)).isNotNull();
    }
  }
}
