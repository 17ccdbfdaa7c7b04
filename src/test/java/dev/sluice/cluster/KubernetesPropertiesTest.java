package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.owner.WriteThrottle;
import dev.sluice.testing.OwnService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

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
          assertThat(properties.leaseDuration()).isEqualTo(Duration.ofSeconds(9));
          assertThat(properties.statusInterval()).isEqualTo(Duration.ofSeconds(5));
          assertThat(properties.nbdAddress()).isNull();
          assertThat(properties.node()).isEmpty();
          assertThat(properties.bandwidth()).isEqualTo(DataSize.ofGigabytes(1));
          assertThat(properties.maxRelays()).isEqualTo(256);
          assertThat(properties.maxForwards()).isEqualTo(100);
          assertThat(properties.connectWithin()).isEqualTo(Duration.ofSeconds(2));
          assertThat(properties.answerWithin())
              .as("a request may wait for an hour")
              .isGreaterThan(Duration.ofHours(1));
          assertThat(properties.readyWithin()).isEqualTo(Duration.ofSeconds(10));
        });
  }

  /** What a pod has that is lost, and nobody had begun, is to be offered anew in that time. */
  @Test
  void aLeaseIsOverSoonEnoughForAnotherOwnerWithinFifteenSeconds() {
    runner.run(
        context -> {
          Duration lease = context.getBean(KubernetesProperties.class).leaseDuration();
          Duration look = new WriteThrottle(Duration.ofSeconds(5), lease, () -> 0).look();
          Duration read = lease.dividedBy(OwnLease.SIGNS);
          assertThat(look).isEqualTo(read);
          assertThat(lease.plus(read).plus(read).plus(look)).isLessThan(Duration.ofSeconds(15));
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enabled=true,pod=a | must be the name of a namespace, since enabled is true",
        "enabled=true,namespace=a | must be the name of this pod, since enabled is true",
        "enabled=true,namespace=a,pod=b | must be where other pods reach this one's REST API",
        "enabled=true,namespace=a,pod=b,api-url=sluice-0:8080 | must be where other pods reach",
        "enabled=true,namespace=a,pod=b,api-url=http://u:p@b:8080 | must be where other pods reach",
        "enabled=true,namespace=a,pod=b,api-url=ftp://b | must be where other pods reach",
        "bandwidth=0B | must be from 1B to 1TB",
        "max-forwards=0 | must be 1 or more",
        "connect-within=2h | must be from 10ms to 1m",
        "answer-within=10ms | must be from 1s to 1d",
        "ready-within=1ms | must be from 100ms to 10m",
        "namespace=A | must be a name of up to 63 of the characters",
        "nbd-address=a:1 | must be an IP address, such as 10.0.0.7, without a port",
        "nbd-address=0.0.0.0 | must be an IP address",
        "max-relays=-1 | must be from 0 to 10000",
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
                      PREFIX + "enabled=true",
                      PREFIX + "namespace=a",
                      PREFIX + "pod=b",
                      PREFIX + "api-url=http://127.0.0.1:8080")) {
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
    OwnService alone = (OwnService) OwnService.shared();
    assertThat(alone.has(ClusterMember.class)).isFalse();
    assertThat(alone.has(ClusterSignals.class)).isFalse();
    assertThat(alone.scrape().names()).noneMatch(name -> name.startsWith("sluice_cluster_"));
  }
}
