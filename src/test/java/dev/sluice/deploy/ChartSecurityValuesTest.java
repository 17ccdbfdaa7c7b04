package dev.sluice.deploy;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Slow;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every value that has to do with security makes of the manifests. */
@Slow("Renders the chart for each test.")
class ChartSecurityValuesTest {

  private static final String[] KINDS = {
    "monitoring.coreos.com/v1/ServiceMonitor",
    "gateway.networking.k8s.io/v1/HTTPRoute",
    "gateway.networking.k8s.io/v1/BackendTLSPolicy",
    "gateway.networking.k8s.io/v1/TCPRoute"
  };

  /** Values that let nobody in or out, and give nothing away. */
  private static final Set<String> OTHERS =
      Set.of(
          "image.repository",
          "image.tag",
          "image.pullPolicy",
          "imagePullSecrets",
          "nameOverride",
          "fullnameOverride",
          "commonLabels",
          "replicas",
          "cluster.autoscaled",
          "cluster.definition",
          "logFormat",
          "advertisedPort",
          "clusterDomain",
          "service.apiPort",
          "service.nbdPort",
          "service.annotations",
          "serviceAccount.annotations",
          "drainSeconds",
          "lingerSeconds",
          "store.size",
          "store.storageClass",
          "podAnnotations",
          "podLabels",
          "nodeSelector",
          "tolerations",
          "affinity",
          "topologySpreadConstraints",
          "priorityClassName",
          "extraVolumes",
          "extraVolumeMounts",
          "podDisruptionBudget.enabled",
          "podDisruptionBudget.maxUnavailable",
          "serviceMonitor.labels",
          "serviceMonitor.path",
          "serviceMonitor.interval",
          "serviceMonitor.scrapeTimeout",
          "prometheusRule.enabled",
          "prometheusRule.labels",
          "prometheusRule.alertLabels",
          "prometheusRule.extraRules",
          "tracing.endpoint",
          "tracing.probability",
          "grafanaDashboard.enabled",
          "grafanaDashboard.labels",
          "grafanaDashboard.annotations",
          "grafanaDashboard.page",
          "httpRoute.annotations",
          "httpRoute.parentRefs",
          "httpRoute.hostnames",
          "tcpRoute.annotations",
          "tcpRoute.parentRefs",
          "test.image",
          "test.peer");

  static Stream<ValueRow> rows() {
    return Stream.concat(TlsValues.rows().stream(), AccessValues.rows().stream());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void itStandsInTheManifests(ValueRow row) {
    row.stands().accept(Chart.render(row.yaml(), KINDS));
  }

  /** A new value has to be put among those that matter, with what it does, or among the others. */
  @Test
  void everyValueIsKnownToMatterOrNotTo() throws IOException {
    Set<String> values =
        Pattern.compile("(?m)^\\| `([\\w.]+)` \\|")
            .matcher(ValuesTable.read())
            .results()
            .map(found -> found.group(1))
            .collect(toSet());
    Set<String> matter = rows().map(ValueRow::value).collect(toSet());

    assertThat(values).hasSizeGreaterThan(70);
    assertThat(Stream.concat(matter.stream(), OTHERS.stream()))
        .containsExactlyInAnyOrderElementsOf(values);
  }
}
