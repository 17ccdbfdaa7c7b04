package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.BuiltInConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class AccessPropertiesTest {

  @EnableConfigurationProperties(AccessProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  private static void assertDefaults(AccessProperties properties) {
    assertThat(properties.tokens()).isEmpty();
    assertThat(properties.tokensFile()).isNull();
    assertThat(properties.maxFailedLogins()).isEqualTo(20);
    assertThat(properties.failedLoginWindow()).isEqualTo(Duration.ofMinutes(1));
    assertThat(properties.maxRequests()).isEqualTo(100);
    assertThat(properties.maxConnectionsPerAddress()).isEqualTo(256);
    assertThat(properties.trustedProxies()).isEmpty();
  }

  @Test
  void everyKeyHasADefault() {
    runner.run(context -> assertDefaults(context.getBean(AccessProperties.class)));
  }

  @Test
  void whatIsLoggedOfThemHasNoToken() {
    String secret = "a-token-that-nobody-logs";

    runner
        .withPropertyValues("sluice.security.tokens=" + secret)
        .run(
            context ->
                assertThat(context.getBean(AccessProperties.class))
                    .asString()
                    .contains("1 tokens")
                    .doesNotContain(secret));
  }

  @Test
  void theConfigurationFileHasTheDefaults() {
    BuiltInConfiguration.has(
        runner,
        AccessProperties.class,
        AccessPropertiesTest::assertDefaults,
        "max-failed-logins",
        "failed-login-window",
        "max-requests",
        "max-connections-per-address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-failed-logins=1",
        "failed-login-window=1s",
        "max-requests=1",
        "max-connections-per-address=1"
      })
  void aLimitItselfIsAccepted(String property) {
    runner
        .withPropertyValues("sluice.security." + property)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource({
    "max-failed-logins=0, maxFailedLogins",
    "failed-login-window=999ms, failedLoginWindow",
    "max-requests=0, maxRequests",
    "max-connections-per-address=0, maxConnectionsPerAddress",
  })
  void whatMakesNoSenseStopsTheStart(String property, String field) {
    runner
        .withPropertyValues("sluice.security." + property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("'" + field + "'"));
  }
}
