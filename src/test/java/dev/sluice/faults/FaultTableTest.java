package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of faults in ARCHITECTURE.md says what {@link FaultRow} says. */
class FaultTableTest {

  private static final Path PAGE = Path.of("ARCHITECTURE.md");
  private static final String BEGIN = "<!-- faults -->\n";
  private static final String END = "<!-- end of faults -->\n";

  @Test
  void thePageHasTheTable() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(page).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
    String table = page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
    assertThat(table)
        .withFailMessage("%s: expected between the two comments%n%n%s", PAGE, FaultRow.table())
        .isEqualTo(FaultRow.table());
  }

  @ParameterizedTest
  @EnumSource
  void everyRowHasAnOutcomeForEveryMoment(FaultRow row) {
    for (Moment moment : Moment.values()) {
      assertThat(row.outcome(moment)).isNotNull();
    }
  }
}
