package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.testing.Slow;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the tokens come from that the API asks for, and who gets which. */
@Slow("Renders the chart for each test.")
class ChartTokensTest {

  private static final String MONITOR = "monitoring.coreos.com/v1/ServiceMonitor";

  private static final String PROVIDER =
      """
      tokens: {generate: false}
      config:
        {spring: {security: {oauth2: {resourceserver: {jwt: {issuer-uri: "https://id.example"}}}}}}
      """;

  private final Chart chart = Chart.render("{}", MONITOR);

  @Test
  void threeTokensAreMadeAndSluiceKnowsThemByTheirHashes() throws Exception {
    Secret secret = ChartTokens.secret(chart);
    ChartTokens tokens = ChartTokens.of(chart);

    assertThat(secret.getType()).isEqualTo("Opaque");
    assertThat(secret.getData()).containsOnlyKeys("tokens", "operator", "viewer", "metrics");
    assertThat(List.of(tokens.operator(), tokens.viewer(), tokens.metrics()))
        .doesNotHaveDuplicates()
        .allMatch(token -> token.matches("[A-Za-z0-9]{32}"));
    assertFits(tokens);
  }

  @Test
  void eachReleaseHasTokensOfItsOwn() {
    assertThat(ChartTokens.of(Chart.render())).isNotEqualTo(ChartTokens.of(chart));
  }

  @Test
  void anUpgradeKeepsTheTokens() {
    Secret secret = ChartTokens.secret(chart);

    assertThat(ChartTokens.secret(Chart.renderOver(secret)).getData()).isEqualTo(secret.getData());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokens", "operator", "viewer", "metrics"})
  void anUpgradeAddsWhatTheSecretLacks(String key) throws Exception {
    Secret without = new SecretBuilder(ChartTokens.secret(chart)).removeFromData(key).build();

    Chart upgraded = Chart.renderOver(without);

    Map<String, String> kept = new HashMap<>(without.getData());
    kept.remove("tokens"); // which follows from the others
    assertThat(ChartTokens.secret(upgraded).getData())
        .containsOnlyKeys("tokens", "operator", "viewer", "metrics")
        .containsAllEntriesOf(kept);
    assertFits(ChartTokens.of(upgraded));
  }

  @Test
  void anUpgradeFillsAnEmptySecret() throws Exception {
    Secret empty = new SecretBuilder(ChartTokens.secret(chart)).withData(null).build();

    assertFits(ChartTokens.of(Chart.renderOver(empty)));
  }

  @Test
  void sluiceIsGivenTheEntriesAndNoTokenAsItIs() {
    assertThat(chart.variable("SLUICE_SECURITY_TOKENSFILE").getValue())
        .isEqualTo("/etc/sluice/tokens/tokens");
    assertThat(chart.sluice().getEnv())
        .extracting(EnvVar::getValueFrom)
        .filteredOn(Objects::nonNull)
        .extracting(EnvVarSource::getSecretKeyRef)
        .containsOnlyNulls();
    assertThat(chart.sluice().getVolumeMounts())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath, VolumeMount::getReadOnly)
        .contains(tuple("tokens", "/etc/sluice/tokens", true));
    assertThat(chart.sluice().getVolumeMounts())
        .extracting(VolumeMount::getName)
        .doesNotContain("viewer-token");
    assertHas(chart.volume("tokens"), "demo-sluice-tokens", "tokens", "tokens");
    assertThat(chart.volume("tokens").getSecret().getOptional()).isNull();
  }

  @Test
  void sidecarsPrometheusAndTheTestHaveATokenEach() {
    assertHas(chart.volume("viewer-token"), "demo-sluice-tokens", "viewer", "token");
    assertThat(endpoint(chart).authorization())
        .isEqualTo(Monitoring.Authorization.of("demo-sluice-tokens", "metrics"));
    assertThat(testToken(chart).getValueFrom().getSecretKeyRef())
        .isEqualTo(new SecretKeySelector("operator", "demo-sluice-tokens", true));
  }

  @Test
  void aSecretOfOnesOwnIsUsedByItsKeys() {
    Chart own =
        Chart.render(
            "tokens: {existingSecret: mine, key: all, operatorKey: admin, viewerKey: reader,"
                + " metricsKey: scraper}",
            MONITOR);

    assertThat(own.objects()).doesNotHaveAnyElementsOfTypes(Secret.class);
    assertHas(own.volume("tokens"), "mine", "all", "tokens");
    assertHas(own.volume("viewer-token"), "mine", "reader", "token");
    assertThat(own.volume("viewer-token").getSecret().getOptional()).isTrue();
    assertThat(endpoint(own).authorization())
        .isEqualTo(Monitoring.Authorization.of("mine", "scraper"));
    assertThat(testToken(own).getValueFrom().getSecretKeyRef())
        .isEqualTo(new SecretKeySelector("admin", "mine", true));
    assertThat(own.notes()).contains("get secret mine -o jsonpath='{.data.admin}'");
  }

  @Test
  void aKeyWithADotIsQuotedInTheNotes() {
    assertThat(Chart.render("tokens: {existingSecret: mine, operatorKey: admin.txt}").notes())
        .contains("jsonpath='{.data.admin\\.txt}'");
  }

  @Test
  void withoutTokensThereHasToBeAProviderWhoseTokensAreValid() {
    Chart provided = Chart.render(PROVIDER, MONITOR);

    assertThatThrownBy(() -> Chart.render("tokens: {generate: false}"))
        .hasMessageContaining("existingSecret")
        .hasMessageContaining("config.spring.security.oauth2.resourceserver.jwt.issuer-uri");
    assertThat(provided.objects()).doesNotHaveAnyElementsOfTypes(Secret.class);
    assertThat(provided.sluice().getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("SLUICE_SECURITY_TOKENSFILE");
    assertThat(provided.pod().getVolumes())
        .extracting(Volume::getName)
        .containsOnly("pipes", "tmp", "store");
    assertThat(provided.sluice().getVolumeMounts())
        .extracting(VolumeMount::getName)
        .containsOnly("pipes", "tmp", "store");
    assertThat(endpoint(provided).authorization()).isNull();
    assertThat(provided.test().getContainers().getFirst().getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("TOKEN");
    assertThat(provided.notes()).doesNotContain("get secret");
  }

  private static void assertFits(ChartTokens tokens) throws Exception {
    assertThat(tokens.entries().lines())
        .containsExactly(
            "metrics:sha256:" + sha256(tokens.metrics()),
            "operator:sha256:" + sha256(tokens.operator()),
            "viewer:sha256:" + sha256(tokens.viewer()));
  }

  private static String sha256(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static void assertHas(Volume volume, String secret, String key, String file) {
    assertThat(volume.getSecret().getSecretName()).isEqualTo(secret);
    assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
    assertThat(volume.getSecret().getItems())
        .extracting(KeyToPath::getKey, KeyToPath::getPath)
        .containsExactly(tuple(key, file));
  }

  private static Monitoring.Endpoint endpoint(Chart chart) {
    List<Monitoring.Endpoint> endpoints =
        chart.only(Monitoring.ServiceMonitor.class, "demo-sluice").spec().endpoints();
    assertThat(endpoints).hasSize(1);
    return endpoints.getFirst();
  }

  private static EnvVar testToken(Chart chart) {
    return chart.test().getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getName().equals("TOKEN"))
        .findFirst()
        .orElseThrow();
  }
}
