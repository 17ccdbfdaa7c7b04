package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.faults.FaultRow.Way;
import dev.sluice.testing.GeneratedTable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of faults in docs/architecture.md say what {@link FaultRow} says. */
class FaultTableTest {

  private static final Path PAGE = Path.of("docs", "architecture.md");

  @Test
  void thePageHasTheTables() throws IOException {
    GeneratedTable.assertStands(PAGE, "faults", FaultRow.table(Way.PIPE));
    GeneratedTable.assertStands(PAGE, "faults by HTTP", FaultRow.table(Way.HTTP));
  }

  @ParameterizedTest
  @EnumSource
  void everyRowHasAnOutcomeForEveryMoment(FaultRow row) {
    for (Moment moment : Moment.values()) {
      assertThat(row.outcome(moment)).isNotNull();
    }
  }
}
