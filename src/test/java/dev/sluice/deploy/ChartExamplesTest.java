package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of example values makes objects that Kubernetes takes. */
class ChartExamplesTest {

  static final Path CLUSTER = Chart.FOLDER.resolve("examples").resolve("cluster");

  static Stream<Path> examples() throws IOException {
    return Files.list(Chart.FOLDER.resolve("examples")).filter(Files::isRegularFile);
  }

  /** Those that are objects of Kubernetes, and not values of a chart. */
  static Stream<Path> manifests() throws IOException {
    return Files.list(CLUSTER).filter(file -> !file.endsWith("prometheus-adapter.yaml"));
  }

  private static String tokenFile(Chart chart) {
    return chart.volume("viewer-token").getSecret().getItems().getFirst().getPath();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleRunsItsPeerBesideSluice(Path values) {
    Chart chart = Chart.render(values);

    Restricted.requireOf(chart.pod());
    Container peer = chart.pod().getInitContainers().getFirst();
    assertThat(peer.getRestartPolicy()).isEqualTo("Always");
    assertThat(List.of(peer, chart.sluice()))
        .allSatisfy(
            container ->
                assertThat(container.getVolumeMounts())
                    .extracting(VolumeMount::getName, VolumeMount::getMountPath)
                    .contains(tuple("pipes", "/run/sluice")));
    assertThat(List.of(peer, chart.sluice()))
        .flatExtracting("volumeMounts")
        .extracting("name")
        .isSubsetOf(chart.pod().getVolumes().stream().map(volume -> volume.getName()).toList());
    assertThat(peer.getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("viewer-token"))
        .singleElement()
        .satisfies(
            mount ->
                assertThat(peer.getEnv())
                    .contains(
                        new EnvVar(
                            "TOKEN_FILE", mount.getMountPath() + "/" + tokenFile(chart), null)));
    assertThat(chart.notes()).doesNotContain("extraInitContainers");
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void anExampleForSeveralPodsHasOnlyFieldsThatKubernetesHas(Path file) throws IOException {
    assertThat(Manifests.parse(Files.readString(file))).isNotEmpty();
  }

  private static <T> T first(Class<T> type, String file) throws IOException {
    return type.cast(
        Manifests.parse(Files.readString(CLUSTER.resolve(file))).findFirst().orElseThrow());
  }

  @Test
  void theAutoscalerScalesTheChartsPodsByWhatTheAdapterOffers() throws IOException {
    HorizontalPodAutoscaler autoscaler = first(HorizontalPodAutoscaler.class, "autoscaler.yaml");
    StatefulSet pods = Chart.render("{cluster: {enabled: true, autoscaled: true}}").statefulSet();

    assertThat(autoscaler.getSpec().getScaleTargetRef())
        .extracting("apiVersion", "kind", "name")
        .containsExactly(pods.getApiVersion(), pods.getKind(), pods.getMetadata().getName());
    assertThat(autoscaler.getSpec().getMetrics())
        .extracting(metric -> metric.getPods().getMetric().getName())
        .containsExactlyElementsOf(
            Pattern.compile("name: \\{as: (\\w+)}")
                .matcher(Files.readString(CLUSTER.resolve("prometheus-adapter.yaml")))
                .results()
                .map(found -> found.group(1))
                .toList());
  }

  @Test
  void theNetworkPolicyIsThatOfTheChartsPodsAndTheirTest() throws IOException {
    NetworkPolicy policy = first(NetworkPolicy.class, "network-policy.yaml");
    Chart chart = Chart.render("cluster: {enabled: true}");

    for (Map<String, String> labels :
        List.of(
            chart.statefulSet().getSpec().getTemplate().getMetadata().getLabels(),
            chart.only(Pod.class, "demo-sluice-test").getMetadata().getLabels())) {
      assertThat(policy.getSpec().getPodSelector().getMatchExpressions())
          .hasSize(2)
          .allSatisfy(label -> assertThat(label.getValues()).contains(labels.get(label.getKey())));
    }
    assertThat(policy.getSpec().getEgress().getLast().getPorts())
        .extracting(port -> port.getPort().getIntVal())
        .isSubsetOf(
            chart.sluice().getPorts().stream().map(ContainerPort::getContainerPort).toList());
  }
}
