package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class UnusableConfigurationAnalyzerTest {

  @Test
  void theProblemIsPrintedWithItsRemedy() {
    FailureAnalysis analysis =
        Objects.requireNonNull(
            new UnusableConfigurationAnalyzer()
                .analyze(
                    new IllegalStateException(
                        new UnusableConfigurationException("broken", "mend it"))));

    assertThat(analysis.getDescription()).isEqualTo("broken");
    assertThat(analysis.getAction()).isEqualTo("mend it");
  }
}
