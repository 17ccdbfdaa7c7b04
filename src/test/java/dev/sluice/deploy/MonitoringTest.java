package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.testing.Command;
import dev.sluice.testing.LonelyPod;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Scrape;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chart's alerts and its dashboard ask for what a running Sluice has. */
@Slow("Renders the chart for each test.")
@Timeout(60)
class MonitoringTest {

  private static final String MONITOR = "monitoring.coreos.com/v1/ServiceMonitor";
  private static final String RULE = "monitoring.coreos.com/v1/PrometheusRule";

  /** Labels that the Prometheus operator adds to what it scrapes. */
  private static final Set<String> ADDED = Set.of("namespace", "service");

  private static Chart chart;
  private static JsonNode dashboard;
  private static Scrape scrape;

  @BeforeAll
  static void streamOnce() throws Exception {
    chart =
        Chart.render(
            "{grafanaDashboard: {enabled: true, page: 'https://disks.example/'}, cluster: {enabled: true}}",
            MONITOR,
            RULE);
    ConfigMap map = chart.only(ConfigMap.class, "demo-sluice-dashboard");
    dashboard = new JsonMapper().readTree(map.getData().get("sluice.json"));
    try (OwnService service = OwnService.with();
        OwnService lonely = OwnService.with(LonelyPod.properties())) {
      service.stream("seen", 1 << 20);
      scrape =
          new Scrape(
              Stream.of(service, lonely).flatMap(one -> one.scrape().series().stream()).toList());
    }
  }

  @Test
  void theDashboardLeadsToThePage() {
    assertThat(dashboard.at("/links/0/url").asText()).isEqualTo("${page}");
    assertThat(dashboard.at("/templating/list").findValuesAsText("query"))
        .contains("https://disks.example/");
  }

  private static List<Monitoring.Rule> alerts() {
    return chart.only(Monitoring.PrometheusRule.class, "demo-sluice").spec().groups().stream()
        .flatMap(group -> group.rules().stream())
        .toList();
  }

  private static Stream<JsonNode> panels() {
    return StreamSupport.stream(dashboard.required("panels").spliterator(), false);
  }

  private static List<String> expressions() {
    return panels()
        .flatMap(panel -> panel.required("targets").findValuesAsText("expr").stream())
        .toList();
  }

  @Test
  void everySeriesThatAnAlertAsksForIsThere() {
    assertThat(alerts()).hasSizeGreaterThan(9);
    assertThat(alerts())
        .allSatisfy(
            alert ->
                assertThat(PromQl.selectors(alert.expr()))
                    .isNotEmpty()
                    .allSatisfy(MonitoringTest::assertThere));
  }

  @Test
  void everySeriesThatTheDashboardShowsIsThere() {
    assertThat(expressions()).hasSizeGreaterThan(15);
    assertThat(expressions())
        .allSatisfy(
            expression ->
                assertThat(PromQl.selectors(expression))
                    .isNotEmpty()
                    .allSatisfy(MonitoringTest::assertThere));
    assertThat(dashboard.findValuesAsText("definition"))
        .isNotEmpty()
        .allSatisfy(query -> assertThat(query).contains("label_values(sluice_exports_limit"));
    assertThat(scrape.names()).contains("sluice_exports_limit");
  }

  @Test
  void everySeriesThatAnAutoscalerGoesByIsThere() throws IOException {
    String rules = Files.readString(ChartExamplesTest.CLUSTER.resolve("prometheus-adapter.yaml"));

    assertThat(rules.lines().filter(line -> line.contains("seriesQuery:")))
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(scrape.names())
                    .contains(PromQl.selectors(line.split("'")[1]).getFirst().name()));
    assertThat(rules).contains("state=~\"waiting|streaming|interrupted\"");
    for (String state : "waiting|streaming|interrupted".split("\\|")) {
      assertThat(scrape.sum("sluice_exports", "state", state)).as(state).isNotNaN();
    }
  }

  @Test
  void theRunbookHasEveryAlert() throws IOException {
    assertThat(Files.readString(Path.of("docs", "kubernetes.md")))
        .contains(alerts().stream().map(alert -> "| " + alert.alert() + " |").toList());
  }

  @Test
  void everyMetricOfOursIsOnTheDashboard() {
    String shown = String.join("\n", expressions());

    assertThat(scrape.names())
        .filteredOn(name -> name.startsWith("sluice_"))
        .map(name -> name.replaceFirst("_(sum|count|bucket|max)$", ""))
        .allSatisfy(name -> assertThat(shown).contains(name));
  }

  /** Each value that a label is compared with, too; but not what Prometheus itself adds. */
  private static void assertThere(PromQl.Selector selector) {
    if (selector.name().equals("up")) {
      return;
    }
    assertThat(scrape.names()).contains(selector.name());
    assertThat(selector.labels()).containsKeys("namespace", "service");
    for (Map.Entry<String, List<String>> label : selector.labels().entrySet()) {
      if (!ADDED.contains(label.getKey())) {
        label
            .getValue()
            .forEach(
                value -> assertThat(scrape.sum(selector.name(), label.getKey(), value)).isNotNaN());
      }
    }
  }

  @Test
  void everyAlertIsAboutThisReleaseAndSaysWhatToDo() {
    assertThat(alerts())
        .allSatisfy(
            alert -> {
              assertThat(alert.expr())
                  .contains("namespace=\"streams\", service=\"demo-sluice-headless\"");
              assertThat(alert.labels()).isEqualTo(Map.of("severity", "warning"));
              assertThat(alert.annotations()).containsOnlyKeys("summary", "description");
              assertThat(alert.annotations().get("summary")).contains("demo-sluice");
            });
    assertThat(alerts()).extracting(Monitoring.Rule::alert).doesNotHaveDuplicates();
  }

  @Test
  void prometheusTakesTheAlerts() throws IOException {
    Peers.require("promtool");
    Path rules = Workspace.newPath("rules");
    Files.writeString(
        rules,
        JsonMapper.builder()
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build()
            .writeValueAsString(chart.only(Monitoring.PrometheusRule.class, "demo-sluice").spec()));

    Command.of("promtool", "check", "rules", rules).run().assertSucceeded();
  }

  @Test
  void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() {
    assertThat(panels().map(panel -> panel.required("id").asInt())).doesNotHaveDuplicates();
    assertThat(panels().map(panel -> panel.required("gridPos").toString())).doesNotHaveDuplicates();
    assertThat(chart.only(ConfigMap.class, "demo-sluice-dashboard").getMetadata().getLabels())
        .containsEntry("grafana_dashboard", "1");
  }

  @Test
  void aPodThatIsAloneHasNoAlertsOfSeveral() {
    Chart alone = Chart.render("{}", MONITOR, RULE);

    assertThat(alone.only(Monitoring.PrometheusRule.class, "demo-sluice").spec().groups())
        .allSatisfy(
            group ->
                assertThat(group.rules())
                    .isNotEmpty()
                    .noneMatch(rule -> rule.expr().contains("sluice_cluster")));
  }

  @Test
  void withoutTheMonitorThereAreNoAlerts() {
    Chart plain = Chart.render("serviceMonitor: {enabled: false}", MONITOR, RULE);

    assertThat(plain.objects()).hasSize(5);
    assertThat(Chart.render("{}").objects()).hasSize(5);
    assertThat(Chart.render("{}").notes()).doesNotContain("WARNING");
  }
}
