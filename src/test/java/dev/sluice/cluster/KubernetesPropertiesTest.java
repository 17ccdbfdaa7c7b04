package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testing.OwnService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class KubernetesPropertiesTest {

  private static final String PREFIX = "sluice.kubernetes.";

  @EnableConfigurationProperties(KubernetesProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  @Test
  void aServiceIsAloneByDefault() {
    runner.run(
        context -> {
          KubernetesProperties properties = context.getBean(KubernetesProperties.class);
          assertThat(properties.enabled()).isFalse();
          assertThat(properties.leaseDuration()).isEqualTo(Duration.ofSeconds(15));
          assertThat(properties.statusInterval()).isEqualTo(Duration.ofSeconds(5));
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enabled=true,pod=a | must be the name of a namespace, since enabled is true",
        "enabled=true,namespace=a | must be the name of this pod, since enabled is true",
        "namespace=A | must be a name of up to 63 of the characters",
        "pod=a_b | must be a name of the characters",
        "lease-duration=50ms | must be from 100ms to 10m"
      })
  void whatDoesNotFitIsRefused(String keys, String expected) {
    String[] properties = keys.split(",");
    for (int i = 0; i < properties.length; i++) {
      properties[i] = PREFIX + properties[i];
    }

    runner
        .withPropertyValues(properties)
        .run(
            context -> assertThat(context).getFailure().rootCause().hasMessageContaining(expected));
  }

  @Test
  void aStoreBesideTheApiServerIsRefused() {
    assertThatThrownBy(
            () -> {
              try (OwnService service =
                  OwnService.with(
                      PREFIX + "enabled=true", PREFIX + "namespace=a", PREFIX + "pod=b")) {
                assertThat(service.isRunning()).isTrue();
              }
            })
        .rootCause()
        .hasMessageContaining("sluice.exports.store: it is ")
        .hasMessageContaining("the API server of Kubernetes keeps the exports");
  }

  /** Nobody who has it switched off pays for it. */
  @Test
  void nothingOfItIsMadeWhereItIsOff() {
    assertThat(((OwnService) OwnService.shared()).has(ClusterMember.class)).isFalse();
  }
}
