package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import java.security.cert.CertificateParsingException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a value of the chart does.
 *
 * @param value its name
 * @param yaml the values that it is set by
 * @param stands what has to be so in the manifests then
 */
record ValueRow(String value, String yaml, Consumer<Chart> stands) {

  @Override
  public String toString() {
    return value + " by " + yaml;
  }

  static void assertNbdTls(Chart chart, String mode, String clientAuth) {
    assertThat(chart.variable("SLUICE_NBD_TLS_MODE").getValue()).isEqualTo(mode);
    assertThat(chart.variable("SLUICE_NBD_TLS_BUNDLE").getValue()).isEqualTo("nbd");
    assertThat(chart.variable("SLUICE_NBD_TLS_CLIENTAUTH").getValue()).isEqualTo(clientAuth);
  }

  static List<String> names(Chart chart) {
    try {
      return Certificates.read(Certificates.leaf(chart), "tls.crt")
          .getSubjectAlternativeNames()
          .stream()
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateParsingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String type(Chart chart) {
    return chart.only(Service.class, "demo-sluice").getSpec().getType();
  }

  static String apiPort(Chart chart) {
    return chart.only(Service.class, "demo-sluice").getSpec().getPorts().getFirst().getName();
  }

  static Monitoring.Endpoint endpoint(Chart chart) {
    return chart.only(Monitoring.ServiceMonitor.class, "demo-sluice").spec().endpoints().getFirst();
  }

  static List<NetworkPolicyIngressRule> ingress(Chart chart) {
    return chart.only(NetworkPolicy.class, "demo-sluice").getSpec().getIngress();
  }

  static List<String> ports(NetworkPolicyIngressRule rule) {
    return rule.getPorts().stream().map(port -> port.getPort().getStrVal()).toList();
  }

  /** Whether only this network may reach this port, beside the pod of the test. */
  static void assertLetsIn(Chart chart, String port, String network) {
    assertThat(ingress(chart))
        .filteredOn(rule -> ports(rule).equals(List.of(port)))
        .singleElement()
        .satisfies(
            rule -> assertThat(rule.getFrom()).extracting("ipBlock.cidr").containsExactly(network));
  }
}
