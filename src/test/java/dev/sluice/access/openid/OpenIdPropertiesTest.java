package dev.sluice.access.openid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.BuiltInConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class OpenIdPropertiesTest {

  @EnableConfigurationProperties(OpenIdProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  private static void assertDefaults(OpenIdProperties properties) {
    assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(properties.fetchInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(properties.refreshInterval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(properties.maxWaiting()).isEqualTo(16);
    assertThat(properties.maxAnswer()).isEqualTo(DataSize.ofMegabytes(1));
  }

  @Test
  void everyKeyHasADefaultAndTheConfigurationFileHasIt() {
    runner.run(context -> assertDefaults(context.getBean(OpenIdProperties.class)));
    BuiltInConfiguration.has(
        runner,
        OpenIdProperties.class,
        OpenIdPropertiesTest::assertDefaults,
        "timeout",
        "fetch-interval",
        "refresh-interval",
        "max-waiting",
        "max-answer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timeout=1ms",
        "fetch-interval=0",
        "refresh-interval=10s",
        "max-waiting=1",
        "max-answer=1B"
      })
  void aLimitItselfIsAccepted(String property) {
    runner
        .withPropertyValues("sluice.security.openid." + property)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource({
    "timeout=0, timeout",
    "fetch-interval=-1s, fetchInterval",
    "refresh-interval=9s, refreshInterval",
    "max-waiting=0, maxWaiting",
    "max-answer=0B, maxAnswer",
  })
  void whatMakesNoSenseStopsTheStart(String property, String field) {
    runner
        .withPropertyValues("sluice.security.openid." + property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("'" + field + "'"));
  }
}
