package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.testing.Slow;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When an upgrade makes another generated certificate, and when another authority. */
@Slow("Renders the chart for each test.")
class ChartRotationTest {

  private static final String GENERATE = "tls: {generate: true}";
  private static final String RENEW_AFTER = "sluice.dev/renew-after";
  private static final Duration HOUR = Duration.ofHours(1);

  private final Chart first = Chart.render(GENERATE);
  private final Secret leaf = Certificates.leaf(first);
  private final Secret authority = Certificates.authority(first);

  private static Secret dueAt(Secret secret, Instant time) {
    return new SecretBuilder(secret)
        .editMetadata()
        .addToAnnotations(RENEW_AFTER, time.truncatedTo(ChronoUnit.SECONDS).toString())
        .endMetadata()
        .build();
  }

  private static Instant due(Secret secret) {
    return Instant.parse(secret.getMetadata().getAnnotations().get(RENEW_AFTER));
  }

  private static X509Certificate certificate(Secret secret) {
    return Certificates.read(secret, "tls.crt");
  }

  /** Another certificate, with another key, and that of its authority beside it. */
  private static void assertRenewed(Chart upgraded, Secret old) throws Exception {
    Secret renewed = Certificates.leaf(upgraded);
    assertThat(certificate(renewed)).isNotEqualTo(certificate(old));
    assertThat(certificate(renewed).getPublicKey()).isNotEqualTo(certificate(old).getPublicKey());
    assertThat(renewed.getData().get("tls.key")).isNotEqualTo(old.getData().get("tls.key"));
    assertThat(renewed.getData().get("ca.crt"))
        .isEqualTo(Certificates.authority(upgraded).getData().get("tls.crt"));
    certificate(renewed).verify(Certificates.read(renewed, "ca.crt").getPublicKey());
    assertThat(due(renewed)).isAfter(Instant.now());
  }

  @Test
  void anUpgradeKeepsBoth() {
    Chart upgraded = Chart.renderOver(GENERATE, leaf, authority);

    assertThat(Certificates.leaf(upgraded).getData()).isEqualTo(leaf.getData());
    assertThat(Certificates.leaf(upgraded).getMetadata().getAnnotations())
        .containsAllEntriesOf(leaf.getMetadata().getAnnotations());
    assertThat(Certificates.authority(upgraded).getData()).isEqualTo(authority.getData());
    assertThat(due(Certificates.authority(upgraded))).isEqualTo(due(authority));
  }

  @Test
  void aCertificateIsRenewedInItsLastThirdByTheSameAuthority() throws Exception {
    Instant end = certificate(leaf).getNotAfter().toInstant();
    assertThat(Duration.between(Instant.now(), end)).isCloseTo(Duration.ofDays(365), HOUR);
    assertThat(Duration.between(Instant.now(), due(leaf)))
        .isCloseTo(Duration.ofDays(365).multipliedBy(2).dividedBy(3), HOUR);

    Secret overdue = dueAt(leaf, Instant.now().minusSeconds(60));
    Chart upgraded = Chart.renderOver(GENERATE, overdue, authority);

    assertRenewed(upgraded, leaf);
    assertThat(Certificates.authority(upgraded).getData()).isEqualTo(authority.getData());
  }

  /** The last one replaces the host that the first one's certificate has no name for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls: {generate: true, rotate: '2026-11-28'}",
        "tls: {generate: true, validDays: 30}",
        "{tls: {generate: true}, api: {tls: {serverName: sluice.example.org}}}",
        "{tls: {generate: true}, advertisedHost: 192.0.2.1}",
      })
  void itIsRenewedWhenTheValuesAskForAnother(String values) throws Exception {
    Chart upgraded = Chart.renderOver(values, leaf, authority);

    assertRenewed(upgraded, leaf);
    assertThat(Certificates.authority(upgraded).getData()).isEqualTo(authority.getData());
    Chart again =
        Chart.renderOver(values, Certificates.leaf(upgraded), Certificates.authority(upgraded));
    assertThat(Certificates.leaf(again).getData()).isEqualTo(Certificates.leaf(upgraded).getData());
  }

  @Test
  void anAddressIsOneInTheCertificateAndNoName() throws Exception {
    Chart chart = Chart.render("{tls: {generate: true}, advertisedHost: '[2001:db8::1]'}");

    assertThat(certificate(Certificates.leaf(chart)).getSubjectAlternativeNames())
        .filteredOn(name -> name.getFirst().equals(7))
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("127.0.0.1", "2001:db8:0:0:0:0:0:1");
  }

  @Test
  void anAuthorityIsRenewedBeforeItWouldNotOutlastACertificate() throws Exception {
    Instant end = certificate(authority).getNotAfter().toInstant();
    assertThat(due(authority)).isCloseTo(end.minus(Duration.ofDays(365)), within(HOUR));

    Secret overdue = dueAt(authority, Instant.now().minusSeconds(60));
    Chart upgraded = Chart.renderOver(GENERATE, leaf, overdue);

    assertRenewed(upgraded, leaf);
    assertThat(certificate(Certificates.authority(upgraded))).isNotEqualTo(certificate(authority));
  }

  @Test
  void withoutItsAuthorityACertificateIsRenewed() throws Exception {
    assertRenewed(Chart.renderOver(GENERATE, leaf), leaf);
  }

  @Test
  void theCertificateOfAnOlderChartIsRenewed() throws Exception {
    Secret old = new SecretBuilder(leaf).editMetadata().withAnnotations(null).endMetadata().build();

    assertRenewed(Chart.renderOver(GENERATE, old), leaf);
  }

  @Test
  void noPodHasTheAuthoritysKey() {
    assertThat(first.pod().getVolumes())
        .noneMatch(
            volume ->
                volume.getSecret() != null
                    && volume.getSecret().getSecretName().equals("demo-sluice-ca"));
    assertThat(first.test().getVolumes())
        .noneMatch(
            volume ->
                volume.getSecret() != null
                    && volume.getSecret().getSecretName().equals("demo-sluice-ca"));
    assertThat(leaf.getData()).containsOnlyKeys("ca.crt", "tls.crt", "tls.key");
  }
}
