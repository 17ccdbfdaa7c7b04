package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class ChartTest {

  @Test
  void itLintsStrictly() {
    LintResult result = Chart.lint();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @Test
  void everyObjectFitsKubernetesAndIsLabelled() {
    assertThat(Chart.render().objects())
        .hasSize(4)
        .allSatisfy(
            object -> {
              assertThat(object.getMetadata().getNamespace()).isEqualTo("streams");
              assertThat(object.getMetadata().getLabels())
                  .containsEntry("app.kubernetes.io/name", "sluice")
                  .containsEntry("app.kubernetes.io/instance", "demo");
            });
  }

  @Test
  void aFieldUnknownToKubernetesIsNoticed() {
    String values = "extraContainers: [{name: peer, imagePullPolcy: Never}]";

    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining("imagePullPolcy");
  }

  @Test
  void thePodMeetsTheRestrictedSecurityStandard() {
    PodSpec pod = pod(Chart.render());

    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getVolumes()).allSatisfy(volume -> assertThat(volume.getEmptyDir()).isNotNull());
    assertThat(pod.getContainers())
        .singleElement()
        .extracting(Container::getSecurityContext)
        .satisfies(
            security -> {
              assertThat(security.getAllowPrivilegeEscalation()).isFalse();
              assertThat(security.getReadOnlyRootFilesystem()).isTrue();
              assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
              assertThat(security.getCapabilities().getAdd()).isEmpty();
            });
  }

  @Test
  void thePodHoldsNoToken() {
    Chart chart = Chart.render();

    assertThat(pod(chart).getAutomountServiceAccountToken()).isFalse();
    assertThat(pod(chart).getServiceAccountName()).isEqualTo("demo-sluice");
    assertThat(chart.only(ServiceAccount.class, "demo-sluice").getAutomountServiceAccountToken())
        .isFalse();
  }

  @Test
  void theProbesAskForLivenessAndReadiness() {
    Container sluice = sluice(Chart.render());

    assertThat(path(sluice.getStartupProbe())).isEqualTo("/actuator/health/liveness");
    assertThat(path(sluice.getLivenessProbe())).isEqualTo("/actuator/health/liveness");
    assertThat(path(sluice.getReadinessProbe())).isEqualTo("/actuator/health/readiness");
  }

  @Test
  void bothServicesReachBothPorts() {
    Chart chart = Chart.render();

    assertThat(sluice(chart).getPorts())
        .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
        .containsExactly(tuple("http", 8080), tuple("nbd", 10809));
    for (String name : new String[] {"demo-sluice", "demo-sluice-headless"}) {
      Service service = chart.only(Service.class, name);
      assertThat(service.getSpec().getPorts())
          .extracting(ServicePort::getPort, port -> port.getTargetPort().getStrVal())
          .containsExactly(tuple(8080, "http"), tuple(10809, "nbd"));
      assertThat(chart.statefulSet().getSpec().getTemplate().getMetadata().getLabels())
          .containsAllEntriesOf(service.getSpec().getSelector());
    }
  }

  @Test
  void exportsAreAdvertisedUnderThePodsOwnName() {
    Chart chart = Chart.render();

    assertThat(chart.only(Service.class, "demo-sluice-headless").getSpec().getClusterIP())
        .isEqualTo("None");
    assertThat(chart.statefulSet().getSpec().getServiceName()).isEqualTo("demo-sluice-headless");
    assertThat(sluice(chart).getEnv())
        .filteredOn(variable -> variable.getName().equals("SLUICE_NBD_ADVERTISED_HOST"))
        .singleElement()
        .extracting(EnvVar::getValue)
        .isEqualTo("$(POD_NAME).demo-sluice-headless.streams.svc.cluster.local");
  }

  @Test
  void pipesAndTemporaryFilesAreWritable() {
    assertThat(sluice(Chart.render()).getVolumeMounts())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath)
        .containsExactly(tuple("pipes", "/run/sluice"), tuple("tmp", "/tmp"));
  }

  @Test
  void configurationSidecarsAndVolumesAreTakenFromTheValues() {
    Chart chart =
        Chart.render(
            """
            config: {sluice: {nbd: {tls: {mode: require, bundle: "a<b"}}}}
            env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}}]
            extraContainers: [{name: peer, volumeMounts: [{name: pipes, mountPath: /run/sluice}]}]
            extraVolumes: [{name: certs, secret: {secretName: certs}}]
            extraVolumeMounts: [{name: certs, mountPath: /certs}]
            """);

    assertThat(sluice(chart).getEnv())
        .filteredOn(variable -> variable.getName().equals("SPRING_APPLICATION_JSON"))
        .singleElement()
        .extracting(variable -> new Yaml().load(variable.getValue()).toString())
        .isEqualTo("{sluice={nbd={tls={bundle=a<b, mode=require}}}}");
    assertThat(sluice(chart).getEnv()).extracting(EnvVar::getName).contains("TOKEN");
    assertThat(pod(chart).getContainers()).extracting(Container::getName).contains("peer");
    assertThat(pod(chart).getVolumes()).hasSize(3);
    assertThat(sluice(chart).getVolumeMounts()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: 2",
        "image: {tga: latest}",
        "service: {port: 80}",
        "service: {nbdPort: 65536}",
        "serviceAccount: {automount: true}",
        "env: [{value: nameless}]",
        "terminationGracePeriodSeconds: 0",
      })
  void theSchemaRefuses(String values) {
    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining("schema");
  }

  private static PodSpec pod(Chart chart) {
    return chart.statefulSet().getSpec().getTemplate().getSpec();
  }

  private static Container sluice(Chart chart) {
    return pod(chart).getContainers().getFirst();
  }

  private static String path(Probe probe) {
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    return probe.getHttpGet().getPath();
  }
}
