package dev.sluice.deploy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.testing.Slow;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendTLSPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.Base64;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where there is a certificate the API is encrypted, and everything that asks it knows. */
@Slow("Renders the chart for each test.")
class ChartApiTlsTest {

  private static final String MONITOR = "monitoring.coreos.com/v1/ServiceMonitor";
  private static final String HTTP_ROUTE = "gateway.networking.k8s.io/v1/HTTPRoute";
  private static final String POLICY = "gateway.networking.k8s.io/v1/BackendTLSPolicy";
  private static final String ROUTED =
      "httpRoute: {enabled: true, parentRefs: [{name: edge}]}\nnetworkPolicy: {enabled: true}\n";

  /** Values, the secret that the API's certificate is in then, and whether the chart makes it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tls: {generate: true} | demo-sluice-tls",
        "tls: {existingSecret: mine} | mine",
        "api: {tls: {existingSecret: mine}} | mine",
        "{tls: {existingSecret: nbds}, api: {tls: {existingSecret: mine}}} | mine",
        "{tls: {generate: true}, api: {tls: {existingSecret: mine, mode: require}}} | mine",
      })
  void oneCertificateTellsThemAll(String values, String secret) {
    Chart chart = Chart.render(ROUTED + unbraced(values), MONITOR, HTTP_ROUTE, POLICY);

    assertThat(chart.variable("SERVER_SSL_BUNDLE").getValue()).isEqualTo("api");
    assertThat(bundle(chart, "KEYSTORE_CERTIFICATE")).isEqualTo("/etc/sluice/api-tls/tls.crt");
    assertThat(bundle(chart, "KEYSTORE_PRIVATEKEY")).isEqualTo("/etc/sluice/api-tls/tls.key");
    assertThat(bundle(chart, "RELOADONUPDATE")).isEqualTo("true");
    assertThat(chart.sluice().getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("api-tls"))
        .singleElement()
        .satisfies(
            mount -> {
              assertThat(mount.getMountPath()).isEqualTo("/etc/sluice/api-tls");
              assertThat(mount.getReadOnly()).isTrue();
            });
    assertHas(chart.volume("api-tls"), secret, "tls.crt", "tls.key");
    assertHas(chart.volume("api-ca"), secret, "ca.crt");
    assertPortsAreCalled(chart, "https");
    assertThat(endpoint(chart))
        .extracting(
            Monitoring.Endpoint::port, Monitoring.Endpoint::scheme, Monitoring.Endpoint::tlsConfig)
        .containsExactly(
            "https",
            "https",
            new Monitoring.TlsConfig(
                "demo-sluice.streams.svc",
                new Monitoring.Authority(new Monitoring.Credentials(secret, "ca.crt"))));
    assertThat(chart.testVariable("API").getValue())
        .isEqualTo("https://demo-sluice.streams.svc:8080");
    assertThat(chart.testVariable("CONNECT").getValue()).isEqualTo("demo-sluice:8080");
    assertThat(chart.testVariable("API_TRUST").getValue())
        .isEqualTo("/etc/sluice/api-trust/ca.crt");
    assertHas(chart.testVolume("api-trust"), secret, "ca.crt");
    assertThat(chart.only(BackendTLSPolicy.class, "demo-sluice").getSpec().getValidation())
        .extracting("hostname", "wellKnownCACertificates")
        .containsExactly("demo-sluice.streams.svc", null);
    assertThat(chart.notes())
        .contains(
            "REST  https://demo-sluice.streams.svc:8080\n",
            "get secret " + secret + " -o jsonpath='{.data.ca\\.crt}' | base64 -d > ca.crt",
            "curl -sS --cacert ca.crt --connect-to ::localhost:8080 -H \"Authorization: Bearer"
                + " $TOKEN\" https://demo-sluice.streams.svc:8080/exports")
        .doesNotContain("http://", "localhost:8080/", "WARNING", "not encrypted");
  }

  private static String unbraced(String values) {
    return values.startsWith("{tls: ")
        ? values.substring(1, values.length() - 1).replace("}, api:", "}\napi:")
        : values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "api: {tls: {mode: never}}\ntls: {generate: true}",
        "api: {tls: {caKey: a}}"
      })
  void withoutACertificateOrTheWishItIsNotAndNobodyIsToldSo(String values) {
    Chart chart = Chart.render(ROUTED + values.replace("{}", ""), MONITOR, HTTP_ROUTE, POLICY);

    assertThat(chart.sluice().getEnv())
        .extracting(EnvVar::getName)
        .noneMatch(name -> name.contains("SERVER_SSL") || name.contains("PEM_API"));
    assertThat(chart.pod().getVolumes())
        .extracting(Volume::getName)
        .doesNotContain("api-tls", "api-ca");
    assertPortsAreCalled(chart, "http");
    assertThat(endpoint(chart).scheme()).isNull();
    assertThat(endpoint(chart).tlsConfig()).isNull();
    assertThat(chart.testVariable("API").getValue()).isEqualTo("http://demo-sluice:8080");
    assertThat(chart.test().getContainers().getFirst().getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("CONNECT", "API_TRUST");
    assertThat(chart.objects())
        .extracting(HasMetadata::getKind)
        .doesNotContain("BackendTLSPolicy", "ConfigMap");
    assertThat(chart.notes())
        .contains("The API is not encrypted")
        .contains("REST  http://demo-sluice.streams.svc.cluster.local:8080\n")
        .doesNotContain("https", "WARNING");
  }

  /** What encrypts the API may not break them: the kubelet trusts no authority of this chart. */
  @Test
  void theProbesStayWhereThereIsNoTls() {
    Chart chart = Chart.render("tls: {generate: true}");

    assertThat(
            List.of(
                chart.sluice().getStartupProbe(),
                chart.sluice().getLivenessProbe(),
                chart.sluice().getReadinessProbe()))
        .allSatisfy(
            probe -> {
              assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("health");
              assertThat(probe.getHttpGet().getScheme()).isNull();
            });
    assertThat(chart.sluice().getPorts())
        .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
        .contains(tuple("health", 8081));
  }

  @Test
  void aCertificateOfAnyAuthorityAndNameCanBeUsed() {
    Chart chart =
        Chart.render(
            ROUTED
                + "api: {tls: {existingSecret: mine, serverName: sluice.example.org, caKey: ''}}\n"
                + "service: {apiPort: 443}",
            MONITOR,
            HTTP_ROUTE,
            POLICY);

    assertThat(endpoint(chart).tlsConfig())
        .isEqualTo(new Monitoring.TlsConfig("sluice.example.org", null));
    assertThat(chart.testVariable("API").getValue()).isEqualTo("https://sluice.example.org:443");
    assertThat(chart.testVariable("CONNECT").getValue()).isEqualTo("demo-sluice:443");
    assertThat(chart.test().getVolumes()).extracting(Volume::getName).containsExactly("tmp");
    assertThat(chart.pod().getVolumes()).extracting(Volume::getName).doesNotContain("api-ca");
    assertThat(chart.only(BackendTLSPolicy.class, "demo-sluice").getSpec().getValidation())
        .extracting("hostname", "wellKnownCACertificates")
        .containsExactly("sluice.example.org", "System");
    assertThat(chart.notes())
        .contains("curl -sS --connect-to ::localhost:8080 -H", "https://sluice.example.org:8080/")
        .doesNotContain("--cacert");
  }

  @Test
  void aNameOfOnesOwnIsInAGeneratedCertificate() throws Exception {
    Chart chart =
        Chart.render("{tls: {generate: true}, api: {tls: {serverName: sluice.example.org}}}");

    assertThat(Certificates.read(Certificates.leaf(chart), "tls.crt").getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .contains("sluice.example.org", "demo-sluice.streams.svc");
  }

  @Test
  void aGatewayHasTheAuthorityInAConfigMapIfTheChartKnowsIt() {
    Chart generated = Chart.render(ROUTED + "tls: {generate: true}", HTTP_ROUTE, POLICY);
    Chart own = Chart.render(ROUTED + "tls: {existingSecret: mine}", HTTP_ROUTE, POLICY);
    Chart otherNbd =
        Chart.render(
            ROUTED + "tls: {generate: true}\napi: {tls: {existingSecret: mine}}",
            HTTP_ROUTE,
            POLICY);

    assertThat(generated.only(ConfigMap.class, "demo-sluice-ca").getData())
        .hasEntrySatisfying(
            "ca.crt",
            pem ->
                assertThat(pem.getBytes(US_ASCII))
                    .isEqualTo(
                        Base64.getDecoder()
                            .decode(Certificates.leaf(generated).getData().get("ca.crt"))));
    assertThat(authorities(generated)).containsExactly(tuple("ConfigMap", "demo-sluice-ca"));
    assertThat(authorities(own)).containsExactly(tuple("Secret", "mine"));
    assertThat(authorities(otherNbd)).containsExactly(tuple("Secret", "mine"));
    assertThat(otherNbd.objects()).doesNotHaveAnyElementsOfTypes(ConfigMap.class);
    assertThat(generated.only(BackendTLSPolicy.class, "demo-sluice").getSpec().getTargetRefs())
        .extracting("group", "kind", "name", "sectionName")
        .containsExactly(tuple("", "Service", "demo-sluice", "https"));
  }

  @Test
  void aClusterWithoutThatPolicyIsWarnedOf() {
    assertThat(Chart.render(ROUTED + "tls: {generate: true}", HTTP_ROUTE).notes())
        .contains("WARNING: the API is encrypted, and this cluster does not know BackendTLSPolicy");
  }

  private static List<Tuple> authorities(Chart chart) {
    return chart
        .only(BackendTLSPolicy.class, "demo-sluice")
        .getSpec()
        .getValidation()
        .getCaCertificateRefs()
        .stream()
        .map(reference -> tuple(reference.getKind(), reference.getName()))
        .toList();
  }

  private static String bundle(Chart chart, String key) {
    return chart.variable("SPRING_SSL_BUNDLE_PEM_API_" + key).getValue();
  }

  /** The container's port, those of both services, and those that the policy permits. */
  private static void assertPortsAreCalled(Chart chart, String name) {
    assertThat(chart.sluice().getPorts())
        .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
        .contains(tuple(name, 8080));
    for (String service : List.of("demo-sluice", "demo-sluice-headless")) {
      assertThat(chart.only(Service.class, service).getSpec().getPorts())
          .extracting(
              ServicePort::getName,
              ServicePort::getAppProtocol,
              port -> port.getTargetPort().getStrVal())
          .containsExactly(tuple(name, name, name), tuple("nbd", "tcp", "nbd"));
    }
    assertThat(chart.only(NetworkPolicy.class, "demo-sluice").getSpec().getIngress())
        .flatExtracting("ports")
        .extracting("port.strVal")
        .containsExactly(name, "nbd", name, "nbd");
  }

  private static void assertHas(Volume volume, String secret, String... keys) {
    assertThat(volume.getSecret().getSecretName()).isEqualTo(secret);
    assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
    assertThat(volume.getSecret().getItems()).extracting(KeyToPath::getKey).containsExactly(keys);
    assertThat(volume.getSecret().getItems())
        .allSatisfy(item -> assertThat(item.getPath()).isEqualTo(item.getKey()));
  }

  private static Monitoring.Endpoint endpoint(Chart chart) {
    return chart.only(Monitoring.ServiceMonitor.class, "demo-sluice").spec().endpoints().getFirst();
  }
}
