package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testing.Slow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every pod meets Kubernetes' restricted pod security standard, unless its values say otherwise.
 */
@Slow("Renders the chart for each test.")
class ChartSecurityTest {

  @Test
  void theDefaultsAreRestricted() {
    Chart chart = Chart.render();

    Restricted.requireOf(chart.pod());
    Restricted.requireOf(chart.test());
    assertThat(chart.sluice().getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(chart.pod().getSecurityContext().getRunAsUser()).isEqualTo(10001);
  }

  @Test
  void everythingSwitchedOnIsRestrictedWithSidecarsThatSayNothing() {
    Chart chart = Chart.render(ChartOptionsTest.EVERYTHING);

    assertThat(chart.pod().getInitContainers()).isNotEmpty();
    assertThat(chart.pod().getContainers()).hasSize(3);
    Restricted.requireOf(chart.pod());
    Restricted.requireOf(chart.test());
  }

  @Test
  void aSidecarsOwnSecurityContextIsLeftAsItIs() {
    Chart chart =
        Chart.render(
            "extraContainers: [{name: peer, image: peer, securityContext: {runAsUser: 7}}]");

    assertThat(chart.container("peer").getSecurityContext().getRunAsUser()).isEqualTo(7);
    assertThat(chart.container("peer").getSecurityContext().getReadOnlyRootFilesystem()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "podSecurityContext: {runAsNonRoot: false}",
        "podSecurityContext: {runAsUser: 0}",
        "podSecurityContext: {seccompProfile: {type: Unconfined}}",
        "podSecurityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}",
        "securityContext: {allowPrivilegeEscalation: true}",
        "securityContext: {privileged: true}",
        "securityContext: {capabilities: {drop: [NET_RAW]}}",
        "securityContext: {capabilities: {add: [SYS_ADMIN]}}",
        "securityContext: {procMount: Unmasked}",
        "securityContext: {runAsUser: 0}",
        "extraContainers: [{name: a, image: a, securityContext: {}}]",
        "extraInitContainers: [{name: a, image: a, securityContext: {}}]",
        "extraContainers: [{name: a, image: a, ports: [{containerPort: 1, hostPort: 1}]}]",
        "extraVolumes: [{name: a, hostPath: {path: /}}]",
      })
  void whatIsNotRestrictedIsNoticed(String values) {
    Chart chart = Chart.render(values);

    assertThatThrownBy(() -> Restricted.requireOf(chart.pod())).isInstanceOf(AssertionError.class);
  }
}
