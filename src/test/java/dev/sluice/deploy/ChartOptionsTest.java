package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1alpha2.TCPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What the chart makes with every optional thing switched on, and of what it cannot make. */
class ChartOptionsTest {

  static final Path EVERYTHING =
      Path.of("src", "test", "resources", "dev", "sluice", "deploy", "everything.yaml");

  private static final String MONITOR = "monitoring.coreos.com/v1/ServiceMonitor";
  private static final String RULE = "monitoring.coreos.com/v1/PrometheusRule";
  private static final String HTTP_ROUTE = "gateway.networking.k8s.io/v1/HTTPRoute";
  private static final String OLD_TCP_ROUTE = "gateway.networking.k8s.io/v1alpha2/TCPRoute";
  private static final String NEW_TCP_ROUTE = "gateway.networking.k8s.io/v1/TCPRoute";

  private static final String POLICY = "gateway.networking.k8s.io/v1/BackendTLSPolicy";

  private static Chart chart;

  @BeforeAll
  static void renderOnce() {
    chart = Chart.render(EVERYTHING, MONITOR, RULE, HTTP_ROUTE, POLICY, OLD_TCP_ROUTE);
  }

  @Test
  void everyOptionalObjectIsMade() {
    assertThat(chart.objects())
        .extracting(object -> object.getClass().getSimpleName())
        .contains(
            "NetworkPolicy",
            "PodDisruptionBudget",
            "ServiceMonitor",
            "PrometheusRule",
            "ConfigMap",
            "HTTPRoute",
            "BackendTLSPolicy",
            "TCPRoute");
    assertThat(chart.all())
        .extracting(object -> object.getMetadata().getLabels())
        .allSatisfy(labels -> assertThat(labels).containsEntry("team", "storage"));
    assertThat(chart.notes()).doesNotContain("WARNING");
  }

  @Test
  void theRouteLeadsToTheApiAndThePage() {
    assertThat(
            chart.only(HTTPRoute.class, "demo-sluice").getSpec().getRules().getFirst().getMatches())
        .extracting(match -> match.getPath().getType() + " " + match.getPath().getValue())
        .containsExactly("PathPrefix /exports", "Exact /", "PathPrefix /page");
  }

  @Test
  void whatTheClusterDoesNotKnowIsNotMadeButTold() {
    Chart plain = Chart.render(EVERYTHING);

    assertThat(plain.objects())
        .extracting(HasMetadata::getApiVersion)
        .allSatisfy(version -> assertThat(version).doesNotContain("monitoring", "gateway"));
    assertThat(plain.notes())
        .contains("WARNING: httpRoute is enabled", "WARNING: tcpRoute is enabled");
  }

  @Test
  void whatIsNotEnabledIsNotMade() {
    Chart plain = Chart.render("{}", HTTP_ROUTE, OLD_TCP_ROUTE);

    assertThat(plain.objects()).hasSize(5);
    assertThat(plain.notes()).doesNotContain("WARNING");
  }

  @Test
  void theNewestTcpRouteIsTaken() {
    Chart newer = Chart.render(EVERYTHING, OLD_TCP_ROUTE, NEW_TCP_ROUTE);

    assertThat(newer.only(TCPRoute.class, "demo-sluice").getApiVersion())
        .isEqualTo("gateway.networking.k8s.io/v1");
    assertThat(chart.only(TCPRoute.class, "demo-sluice").getApiVersion())
        .isEqualTo("gateway.networking.k8s.io/v1alpha2");
  }

  @Test
  void theNetworkPolicyLetsOnlyTheNamedPeersAndTheTestIn() {
    NetworkPolicy policy = chart.only(NetworkPolicy.class, "demo-sluice");

    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress");
    assertThat(podLabels())
        .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
    List<NetworkPolicyIngressRule> rules = policy.getSpec().getIngress();
    assertThat(rules)
        .extracting(ChartOptionsTest::ports)
        .containsExactly(
            List.of("https"), List.of("nbd"), List.of("https", "nbd"), List.of("metrics"));
    assertThat(rules).allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty());
    assertThat(rules.get(1).getFrom())
        .singleElement()
        .satisfies(peer -> assertThat(peer.getIpBlock().getCidr()).isEqualTo("10.0.0.0/8"));
    assertThat(chart.only(Pod.class, "demo-sluice-test").getMetadata().getLabels())
        .containsAllEntriesOf(rules.get(2).getFrom().getFirst().getPodSelector().getMatchLabels());
  }

  @Test
  void anEmptyListOfPeersLetsNobodyIn() {
    Chart closed = Chart.render("networkPolicy: {enabled: true, api: [], nbd: []}");

    assertThat(closed.only(NetworkPolicy.class, "demo-sluice").getSpec().getIngress())
        .extracting(ChartOptionsTest::ports)
        .containsExactly(List.of("http", "nbd"));
  }

  @Test
  void theDisruptionBudgetForbidsEvictionsOfAReadyPod() {
    PodDisruptionBudget budget = chart.only(PodDisruptionBudget.class, "demo-sluice");

    assertThat(budget.getSpec().getMaxUnavailable()).isEqualTo(new IntOrString(0));
    assertThat(budget.getSpec().getUnhealthyPodEvictionPolicy()).isEqualTo("IfHealthyBudget");
    assertThat(podLabels()).containsAllEntriesOf(budget.getSpec().getSelector().getMatchLabels());
  }

  @Test
  void theMonitorFindsThePodOnce() {
    Monitoring.ServiceMonitor monitor = chart.only(Monitoring.ServiceMonitor.class, "demo-sluice");

    assertThat(chart.objects())
        .filteredOn(Service.class::isInstance)
        .filteredOn(
            service ->
                service
                    .getMetadata()
                    .getLabels()
                    .entrySet()
                    .containsAll(monitor.spec().selector().getMatchLabels().entrySet()))
        .extracting(service -> service.getMetadata().getName())
        .containsExactly("demo-sluice-headless");
    assertThat(monitor.metadata().getLabels()).containsEntry("release", "prometheus");
    assertThat(monitor.spec().endpoints())
        .containsExactly(
            new Monitoring.Endpoint(
                "https",
                "/actuator/prometheus",
                "30s",
                "10s",
                "https",
                new Monitoring.TlsConfig(
                    "demo-sluice.streams.svc",
                    new Monitoring.Authority(new Monitoring.Credentials("sluice-tls", "ca.crt"))),
                Monitoring.Authorization.of("sluice-tokens", "scraper")));
  }

  @Test
  void theRoutesLeadToTheServicesPorts() {
    HTTPRoute http = chart.only(HTTPRoute.class, "demo-sluice");
    TCPRoute tcp = chart.only(TCPRoute.class, "demo-sluice");

    assertThat(http.getSpec().getParentRefs())
        .extracting("name", "sectionName")
        .containsExactly(tuple("edge", "https"));
    assertThat(http.getSpec().getHostnames()).containsExactly("sluice.example.org");
    assertThat(http.getSpec().getRules().getFirst().getBackendRefs())
        .extracting("name", "port")
        .containsExactly(tuple("demo-sluice", 80));
    assertThat(tcp.getSpec().getRules().getFirst().getBackendRefs())
        .extracting("name", "port")
        .containsExactly(tuple("demo-sluice", 10810));
    assertThat(chart.only(Service.class, "demo-sluice").getSpec().getPorts())
        .extracting("port")
        .containsExactly(80, 10810);
    assertThat(chart.variable("SLUICE_NBD_ADVERTISED_HOST").getValue())
        .isEqualTo("nbd.example.org");
  }

  @Test
  void theImageIsTakenByItsDigest() {
    assertThat(chart.sluice().getImage()).isEqualTo("registry/sluice@sha256:" + "0".repeat(64));
    assertThat(chart.container("test-peer").getImage()).isEqualTo("registry/tools:1");
    assertThat(chart.test().getContainers())
        .extracting(Container::getImage)
        .containsExactly("registry/tools:1");
    assertThat(Chart.render("image: {tag: v1}").test().getContainers())
        .extracting(Container::getImage)
        .containsExactly("sluice:v1");
  }

  @Test
  void theConfigurationReachesTheEnvironment() {
    assertThat(new Yaml().<Object>load(chart.variable("SPRING_APPLICATION_JSON").getValue()))
        .isEqualTo(Map.of("sluice", Map.of("exports", Map.of("fifo-mode", "0<60"))));
    assertThat(chart.variable("LOGGING_STRUCTURED_FORMAT_CONSOLE").getValue()).isEqualTo("ecs");
    assertThat(chart.variable("EXTRA").getValue()).isEqualTo("1");
  }

  @Test
  void nothingIsTracedUnlessThereIsWhereTo() {
    assertThat(chart.variable("MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT").getValue())
        .isEqualTo("http://collector.monitoring:4318/v1/traces");
    assertThat(chart.variable("MANAGEMENT_TRACING_SAMPLING_PROBABILITY").getValue())
        .isEqualTo("0.25");
    assertThat(Chart.render("tracing: {probability: 0.25}").sluice().getEnv())
        .extracting(EnvVar::getName)
        .noneMatch(name -> name.contains("TRACING"));
  }

  @Test
  void thePodIsPlacedAndJoinedByWhatIsNamed() {
    assertThat(chart.pod().getNodeSelector()).isEqualTo(Map.of("disk", "fast"));
    assertThat(chart.pod().getTolerations()).hasSize(1);
    assertThat(chart.pod().getAffinity().getNodeAffinity()).isNotNull();
    assertThat(chart.pod().getPriorityClassName()).isEqualTo("streams");
    assertThat(chart.pod().getTopologySpreadConstraints().getFirst().getLabelSelector())
        .extracting("matchLabels")
        .isEqualTo(Map.of("a", "b"));
    assertThat(chart.pod().getContainers())
        .extracting(Container::getName)
        .containsExactly("sluice", "peer", "test-peer");
    assertThat(chart.pod().getInitContainers())
        .extracting(Container::getName)
        .containsExactly("early-peer");
    assertThat(chart.pod().getVolumes())
        .extracting("name")
        .containsExactly(
            "pipes",
            "tmp",
            "store",
            "tls",
            "api-tls",
            "api-ca",
            "tokens",
            "viewer-token",
            "backup");
    assertThat(chart.sluice().getVolumeMounts())
        .extracting("name")
        .containsExactly("pipes", "tmp", "store", "tls", "api-tls", "tokens", "backup");
    assertThat(podLabels()).containsEntry("pod", "label");
    assertThat(chart.statefulSet().getSpec().getTemplate().getMetadata().getAnnotations())
        .containsEntry("pod", "annotation");
  }

  private static Map<String, String> podLabels() {
    return chart.statefulSet().getSpec().getTemplate().getMetadata().getLabels();
  }

  private static List<String> ports(NetworkPolicyIngressRule rule) {
    return rule.getPorts().stream().map(port -> port.getPort().getStrVal()).toList();
  }
}
