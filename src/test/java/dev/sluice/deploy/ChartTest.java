package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.Yaml;

/** What the chart makes of its defaults. */
class ChartTest {

  /** What the JVM takes beside its heap and the windows (130 MiB measured), pipes and sockets. */
  private static final DataSize OTHER_MEMORY = DataSize.ofMegabytes(384);

  /** What a client in TLS has: that of TLS (306 KiB), and that for its requests. */
  private static final DataSize OF_A_CLIENT = DataSize.ofKilobytes(307 + 64);

  /** What the head of an export has beside the window memory. */
  private static final DataSize OF_A_HEAD = DataSize.ofKilobytes(64);

  private static Chart chart;

  @BeforeAll
  static void renderOnce() {
    chart = Chart.render();
  }

  @Test
  void itLintsStrictly() {
    LintResult result = Chart.lint();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @Test
  void itMakesAPodItsTwoServicesAnAccountAndTokens() {
    assertThat(chart.objects())
        .extracting(HasMetadata::getKind, object -> object.getMetadata().getName())
        .containsExactlyInAnyOrder(
            tuple("StatefulSet", "demo-sluice"),
            tuple("Service", "demo-sluice"),
            tuple("Service", "demo-sluice-headless"),
            tuple("ServiceAccount", "demo-sluice"),
            tuple("Secret", "demo-sluice-tokens"));
    assertThat(chart.hooks())
        .extracting(HasMetadata::getKind, object -> object.getMetadata().getName())
        .containsExactly(tuple("Pod", "demo-sluice-test"));
  }

  @Test
  void everyObjectIsInTheReleasesNamespaceAndLabelled() {
    assertThat(chart.all())
        .extracting(HasMetadata::getMetadata)
        .allSatisfy(
            metadata -> {
              assertThat(metadata.getNamespace()).isEqualTo("streams");
              assertThat(metadata.getLabels())
                  .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/version")
                  .containsEntry("app.kubernetes.io/instance", "demo")
                  .containsEntry("app.kubernetes.io/managed-by", "Helm");
            });
  }

  @Test
  void aFieldUnknownToKubernetesIsNoticed() {
    String values = "extraContainers: [{name: peer, imagePullPolcy: Never}]";

    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining("imagePullPolcy");
  }

  @Test
  void noPodHoldsATokenOfKubernetes() {
    assertThat(chart.pod().getAutomountServiceAccountToken()).isFalse();
    assertThat(chart.test().getAutomountServiceAccountToken()).isFalse();
    assertThat(chart.pod().getServiceAccountName()).isEqualTo("demo-sluice");
    assertThat(chart.only(ServiceAccount.class, "demo-sluice").getAutomountServiceAccountToken())
        .isFalse();
  }

  @Test
  void theProbesAskForLivenessAndReadinessWhereNothingElseIsAnswered() {
    for (Probe probe :
        List.of(
            chart.sluice().getStartupProbe(),
            chart.sluice().getLivenessProbe(),
            chart.sluice().getReadinessProbe())) {
      assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("health");
      assertThat(probe.getHttpGet().getScheme()).isNull();
    }
    assertThat(path(chart.sluice().getStartupProbe())).isEqualTo("/livez");
    assertThat(path(chart.sluice().getLivenessProbe())).isEqualTo("/livez");
    assertThat(path(chart.sluice().getReadinessProbe())).isEqualTo("/readyz");
  }

  @Test
  void thePodMayTakeAsLongAsItsStreamsAndTheApiAfterThemAndABitMore() {
    assertThat(chart.variable("SLUICE_EXPORTS_DRAINTIMEOUT").getValue()).isEqualTo("600s");
    assertThat(chart.variable("SLUICE_EXPORTS_DRAINLINGER").getValue()).isEqualTo("3s");
    assertThat(chart.pod().getTerminationGracePeriodSeconds()).isEqualTo(633);
    Chart longer = Chart.render("{drainSeconds: 31536000, lingerSeconds: 31536000}");
    assertThat(longer.variable("SLUICE_EXPORTS_DRAINTIMEOUT").getValue()).isEqualTo("31536000s");
    assertThat(longer.variable("SLUICE_EXPORTS_DRAINLINGER").getValue()).isEqualTo("31536000s");
    assertThat(longer.pod().getTerminationGracePeriodSeconds()).isEqualTo(63_072_030);
    Chart atOnce = Chart.render("{drainSeconds: 0, lingerSeconds: 0}");
    assertThat(atOnce.variable("SLUICE_EXPORTS_DRAINLINGER").getValue()).isEqualTo("0s");
    assertThat(atOnce.pod().getTerminationGracePeriodSeconds()).isEqualTo(30);
  }

  @Test
  void bothServicesReachBothPortsOfThePodAndNotTheTests() {
    assertThat(chart.sluice().getPorts())
        .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
        .containsExactly(tuple("http", 8080), tuple("health", 8081), tuple("nbd", 10809));
    ObjectMeta pod = chart.statefulSet().getSpec().getTemplate().getMetadata();
    Map<String, String> test = chart.only(Pod.class, "demo-sluice-test").getMetadata().getLabels();
    for (String name : new String[] {"demo-sluice", "demo-sluice-headless"}) {
      Service service = chart.only(Service.class, name);
      assertThat(service.getSpec().getPorts())
          .extracting(ServicePort::getPort, port -> port.getTargetPort().getStrVal())
          .containsExactly(tuple(8080, "http"), tuple(10809, "nbd"));
      assertThat(pod.getLabels()).containsAllEntriesOf(service.getSpec().getSelector());
      assertThat(test.entrySet().containsAll(service.getSpec().getSelector().entrySet())).isFalse();
    }
    assertThat(pod.getLabels())
        .containsAllEntriesOf(chart.statefulSet().getSpec().getSelector().getMatchLabels());
  }

  @Test
  void aServiceMeshIsToldThatNbdHasNoProtocolToBeGuessed() {
    Chart other = Chart.render("{service: {nbdPort: 10810, annotations: {a: b}}}");

    for (Service service :
        new Service[] {
          chart.only(Service.class, "demo-sluice"),
          chart.only(Service.class, "demo-sluice-headless"),
          other.only(Service.class, "demo-sluice")
        }) {
      ServicePort nbd = service.getSpec().getPorts().getLast();
      assertThat(service.getSpec().getPorts())
          .extracting(ServicePort::getName, ServicePort::getAppProtocol)
          .containsExactly(tuple("http", "http"), tuple("nbd", "tcp"));
      assertThat(service.getMetadata().getAnnotations())
          .containsEntry("config.linkerd.io/opaque-ports", nbd.getPort().toString());
    }
    assertThat(chart.statefulSet().getSpec().getTemplate().getMetadata().getAnnotations())
        .containsEntry("config.linkerd.io/opaque-ports", "10809");
    assertThat(other.only(Service.class, "demo-sluice").getMetadata().getAnnotations())
        .containsEntry("a", "b");
  }

  @Test
  void thePodsEnvironmentHasNothingOfServices() {
    assertThat(chart.pod().getEnableServiceLinks()).isFalse();
  }

  @Test
  void thePortInUrisCanBeAnother() {
    Chart other = Chart.render("{advertisedHost: outside, advertisedPort: 30809}");

    assertThat(other.variable("SLUICE_NBD_ADVERTISEDPORT").getValue()).isEqualTo("30809");
    assertThat(other.notes()).contains("outside:30809");
    assertThat(chart.sluice().getEnv())
        .noneMatch(variable -> variable.getName().equals("SLUICE_NBD_ADVERTISEDPORT"));
  }

  @Test
  void exportsAreAdvertisedUnderThePodsOwnName() {
    Service headless = chart.only(Service.class, "demo-sluice-headless");

    assertThat(headless.getSpec().getClusterIP()).isEqualTo("None");
    assertThat(headless.getSpec().getPublishNotReadyAddresses()).isTrue();
    assertThat(chart.statefulSet().getSpec().getServiceName()).isEqualTo("demo-sluice-headless");
    assertThat(chart.statefulSet().getSpec().getReplicas()).isEqualTo(1);
    assertThat(chart.variable("POD_NAME").getValueFrom().getFieldRef().getFieldPath())
        .isEqualTo("metadata.name");
    assertThat(chart.variable("SLUICE_NBD_ADVERTISED_HOST").getValue())
        .isEqualTo("$(POD_NAME).demo-sluice-headless.streams.svc.cluster.local");
  }

  @Test
  void pipesAndTemporaryFilesAreWritable() {
    assertThat(chart.sluice().getVolumeMounts())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath)
        .containsExactly(
            tuple("pipes", "/run/sluice"),
            tuple("tmp", "/tmp"),
            tuple("store", "/var/lib/sluice"),
            tuple("tokens", "/etc/sluice/tokens"));
    assertThat(chart.volume("pipes").getEmptyDir()).isNotNull();
    assertThat(chart.volume("tmp").getEmptyDir()).isNotNull();
  }

  @Test
  void onePodOfEachReleaseGoesToANodeOfItsOwnIfItCan() {
    assertThat(chart.pod().getTopologySpreadConstraints())
        .singleElement()
        .satisfies(
            spread -> {
              assertThat(spread.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
              assertThat(spread.getWhenUnsatisfiable()).isEqualTo("ScheduleAnyway");
              assertThat(spread.getLabelSelector().getMatchLabels())
                  .isEqualTo(Map.of("app.kubernetes.io/name", "sluice"));
            });
  }

  @Test
  void theMemoryLimitHoldsTheWorstOfEverything() throws IOException {
    Quantity limit = chart.sluice().getResources().getLimits().get("memory");
    BigDecimal bytes = Quantity.getAmountInBytes(limit);
    Map<?, ?> sluice = (Map<?, ?>) applicationYaml().get("sluice");
    Map<?, ?> exports = (Map<?, ?>) sluice.get("exports");
    Map<?, ?> nbd = (Map<?, ?>) sluice.get("nbd");
    long windows = DataSize.parse((String) exports.get("window-memory")).toBytes();
    long heads = (Integer) exports.get("max") * OF_A_HEAD.toBytes();
    long clients = (Integer) nbd.get("max-connections") * OF_A_CLIENT.toBytes();

    BigDecimal heap = bytes.divide(BigDecimal.valueOf(4));
    assertThat(bytes.subtract(heap))
        .isGreaterThanOrEqualTo(
            BigDecimal.valueOf(windows + heads + clients + OTHER_MEMORY.toBytes()));
    assertThat(chart.sluice().getResources().getRequests()).containsEntry("memory", limit);
  }

  private static Map<?, ?> applicationYaml() throws IOException {
    return new Yaml().load(Files.readString(Path.of("application.yml")));
  }

  private static String path(Probe probe) {
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("health");
    return probe.getHttpGet().getPath();
  }
}
