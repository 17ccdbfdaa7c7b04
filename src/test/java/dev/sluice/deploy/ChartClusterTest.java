package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.testing.Slow;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectFieldSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart makes of several pods that share their exports. */
@Slow("Renders the chart for each test.")
class ChartClusterTest {

  private static final String HOST = "$(POD_NAME).demo-sluice-headless.streams.svc.cluster.local";

  private static Chart chart;

  @BeforeAll
  static void renderOnce() {
    chart =
        Chart.render(
            "{cluster: {enabled: true}, replicas: 3, networkPolicy: {enabled: true, api: [], nbd: []},"
                + " extraContainers: [{name: peer, image: peer}], test: {peer: true}}");
  }

  @Test
  void anUpgradeStillReplacesOnePodAfterTheOtherAndLetsEachDrain() {
    assertThat(chart.statefulSet().getSpec().getReplicas()).isEqualTo(3);
    assertThat(chart.statefulSet().getSpec().getUpdateStrategy()).isNull(); // so RollingUpdate
    assertThat(chart.pod().getTerminationGracePeriodSeconds()).isEqualTo(633);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {cluster: {enabled: true}, replicas: 3}                                              | 1
          {cluster: {enabled: true, autoscaled: true}}                                         | 1
          {cluster: {enabled: true}}                                                           |
          {}                                                                                   |
          {cluster: {enabled: true}, replicas: 3, podDisruptionBudget: {enabled: false}}       |
          {cluster: {enabled: true}, replicas: 3, podDisruptionBudget: {maxUnavailable: 0}}    | 0
          {cluster: {enabled: true}, replicas: 3, podDisruptionBudget: {maxUnavailable: 34%}}  | 34%
          {cluster: {enabled: true}, podDisruptionBudget: {enabled: true}}                     | 0
          {podDisruptionBudget: {enabled: true}}                                               | 0
          """)
  void atMostOnePodOfSeveralIsEvictedAtATime(String values, String maxUnavailable) {
    assertThat(Chart.render(values).objects())
        .filteredOn(PodDisruptionBudget.class::isInstance)
        .map(PodDisruptionBudget.class::cast)
        .map(budget -> budget.getSpec().getMaxUnavailable())
        .isEqualTo(
            maxUnavailable == null
                ? List.of()
                : List.of(
                    maxUnavailable.endsWith("%")
                        ? new IntOrString(maxUnavailable)
                        : new IntOrString(Integer.parseInt(maxUnavailable))));
  }

  @Test
  void theSluiceContainerHasATokenOfKubernetesAndASidecarHasNone() {
    assertThat(chart.pod().getAutomountServiceAccountToken()).isFalse();
    assertThat(chart.volume("kubernetes-token").getProjected().getSources())
        .extracting(ChartClusterTest::files)
        .containsExactly("token", "ca.crt of kube-root-ca.crt", "namespace");
    assertThat(chart.sluice().getVolumeMounts())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath, VolumeMount::getReadOnly)
        .contains(tuple("kubernetes-token", "/var/run/secrets/kubernetes.io/serviceaccount", true));
    assertThat(chart.container("peer").getVolumeMounts()).isEmpty();
    Restricted.requireOf(chart.pod());
  }

  private static String files(VolumeProjection source) {
    if (source.getServiceAccountToken() != null) {
      return source.getServiceAccountToken().getPath();
    }
    return source.getConfigMap() == null
        ? source.getDownwardAPI().getItems().getFirst().getPath()
        : source.getConfigMap().getItems().getFirst().getPath()
            + " of "
            + source.getConfigMap().getName();
  }

  @Test
  void nothingIsKeptInThePodButPipesAndTemporaryFiles() {
    assertThat(chart.variable("SLUICE_EXPORTS_STORE").getValue()).isEqualTo("none");
    assertThat(chart.pod().getVolumes())
        .filteredOn(volume -> volume.getEmptyDir() != null)
        .extracting(Volume::getName)
        .containsExactly("pipes", "tmp");
    assertThat(chart.statefulSet().getSpec().getVolumeClaimTemplates()).isEmpty();
  }

  /** The headless service leads to a pod's own ports, whatever those of the other service are. */
  @Test
  void peersReachEachPodAtItsOwnAddress() {
    Chart other =
        Chart.render("{cluster: {enabled: true}, service: {apiPort: 81}, tls: {generate: true}}");

    assertThat(chart.variable("SLUICE_KUBERNETES_APIURL").getValue())
        .isEqualTo("http://" + HOST + ":8080");
    assertThat(other.variable("SLUICE_KUBERNETES_APIURL").getValue())
        .isEqualTo("https://" + HOST + ":8080");
    assertThat(chart.sluice().getEnv())
        .extracting(EnvVar::getName)
        .noneMatch(name -> name.contains("PEM_PODS") || name.contains("APIBUNDLE"));
    assertThat(other.variable("SLUICE_KUBERNETES_APIBUNDLE").getValue()).isEqualTo("pods");
    assertThat(other.variable("SPRING_SSL_BUNDLE_PEM_PODS_TRUSTSTORE_CERTIFICATE").getValue())
        .isEqualTo("/etc/sluice/api-ca/ca.crt");
    assertThat(other.sluice().getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("api-ca"))
        .extracting(VolumeMount::getMountPath)
        .containsExactly("/etc/sluice/api-ca");
    assertThat(chart.variable("SLUICE_KUBERNETES_NBDADDRESS").getValueFrom().getFieldRef())
        .extracting(ObjectFieldSelector::getFieldPath)
        .isEqualTo("status.podIP");
    assertThat(chart.variable("SLUICE_KUBERNETES_NODE").getValueFrom().getFieldRef())
        .extracting(ObjectFieldSelector::getFieldPath)
        .isEqualTo("spec.nodeName");
    assertThat(ValueRow.names(other))
        .contains("*.demo-sluice-headless.streams.svc.cluster.local", "demo-sluice.streams.svc")
        .doesNotContain("demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local");
  }

  @Test
  void podsOfTheReleaseReachEachOtherWhateverThePolicySays() {
    List<NetworkPolicyIngressRule> rules =
        chart.only(NetworkPolicy.class, "demo-sluice").getSpec().getIngress();

    assertThat(rules)
        .extracting(ValueRow::ports)
        .containsExactly(List.of("http", "nbd"), List.of("http", "nbd"));
    assertThat(rules.getFirst().getFrom())
        .singleElement()
        .satisfies(
            pods ->
                assertThat(pods.getPodSelector().getMatchLabels())
                    .isEqualTo(chart.statefulSet().getSpec().getSelector().getMatchLabels()));
  }

  @Test
  void theTestMayMakeExportsAndSeeAndRemoveItsOwnAndOnlyWhileItRuns() {
    assertThat(chart.hooks())
        .extracting(HasMetadata::getKind, object -> object.getMetadata().getName())
        .containsExactlyInAnyOrder(
            tuple("ServiceAccount", "demo-sluice-test"),
            tuple("Role", "demo-sluice-test"),
            tuple("RoleBinding", "demo-sluice-test"),
            tuple("Pod", "demo-sluice-test"));
    assertThat(chart.hooks())
        .extracting(HasMetadata::getMetadata)
        .extracting(ObjectMeta::getAnnotations)
        .allSatisfy(
            notes ->
                assertThat(notes)
                    .containsEntry("helm.sh/hook", "test")
                    .containsEntry(
                        "helm.sh/hook-delete-policy", "before-hook-creation,hook-succeeded"));
    assertThat(chart.only(Role.class, "demo-sluice-test").getRules())
        .extracting(PolicyRule::getResources, PolicyRule::getVerbs, PolicyRule::getResourceNames)
        .containsExactly(
            tuple(List.of("streamexports"), List.of("create"), List.of()),
            tuple(List.of("streamexports"), List.of("get", "delete"), List.of("demo-sluice-test")));
    assertThat(chart.only(RoleBinding.class, "demo-sluice-test").getSubjects())
        .extracting(Subject::getName, Subject::getNamespace)
        .containsExactly(tuple("demo-sluice-test", "streams"));
    assertThat(chart.test().getServiceAccountName()).isEqualTo("demo-sluice-test");
    Restricted.requireOf(chart.test());
  }

  @Test
  void theTestAsksEachPodAndNeedsNoSidecar() {
    assertThat(chart.testVariable("PODS").getValue().split(" "))
        .containsExactly("demo-sluice-0", "demo-sluice-1", "demo-sluice-2");
    assertThat(chart.testVariable("NBD").getValue()).isEqualTo("demo-sluice:10809");
    assertThat(chart.pod().getContainers()).extracting("name").containsExactly("sluice", "peer");
  }

  @Test
  void anUpgradeLeavesAsManyPodsAsAnAutoscalerHasMade() {
    String values = "{cluster: {enabled: true, autoscaled: %s}, replicas: 3}";
    StatefulSet scaled = chart.statefulSet();
    scaled.getSpec().setReplicas(7);
    Chart upgraded = Chart.renderOver(values.formatted(true), scaled);

    assertThat(upgraded.statefulSet().getSpec().getReplicas()).isEqualTo(7);
    assertThat(upgraded.testVariable("PODS").getValue()).endsWith("demo-sluice-6");
    assertThat(Chart.renderOver(values.formatted(false), scaled).statefulSet().getSpec())
        .extracting("replicas")
        .isEqualTo(3);
    assertThat(Chart.render(values.formatted(true)).statefulSet().getSpec().getReplicas())
        .isEqualTo(3);
    scaled.getSpec().setReplicas(3);
  }

  @Test
  void theNotesTellHowToMakeAnExportAndToWatchAll() {
    assertThat(chart.notes())
        .contains(
            "share the exports of the namespace streams",
            "kind: StreamExport",
            "kubectl -n streams wait sx/try --for=condition=Ready",
            "kubectl -n streams wait sx/try --for=condition=Complete",
            "kubectl -n streams get sx -w")
        .doesNotContain("demo-sluice-0", "pipes");
  }
}
