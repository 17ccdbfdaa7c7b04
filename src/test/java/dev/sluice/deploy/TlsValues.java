package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSourceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The values that say what runs, and what is encrypted. */
final class TlsValues {

  private final List<ValueRow> rows = new ArrayList<>();

  private TlsValues() {
    String digest = "sha256:" + "a".repeat(64);
    add(
        "image.digest",
        "image: {digest: '%s', tag: other}".formatted(digest),
        chart ->
            assertThat(Stream.of(chart.sluice(), chart.test().getContainers().getFirst()))
                .extracting(Container::getImage)
                .containsOnly("sluice@" + digest));
    add(
        "config",
        "config: {sluice: {security: {max-failed-logins: 3}}}",
        chart ->
            assertThat(chart.variable("SPRING_APPLICATION_JSON").getValue())
                .isEqualTo("{\"sluice\":{\"security\":{\"max-failed-logins\":3}}}"));
    add(
        "env",
        "env: [{name: PW, valueFrom: {secretKeyRef: {name: mine, key: pw}}}]",
        chart ->
            assertThat(chart.sluice().getEnv())
                .last()
                .isEqualTo(
                    new EnvVar(
                        "PW",
                        null,
                        new EnvVarSourceBuilder()
                            .withNewSecretKeyRef("pw", "mine", null)
                            .build())));
    add(
        "advertisedHost",
        "{advertisedHost: nbd.example.org, tls: {generate: true}}",
        chart -> assertThat(ValueRow.names(chart)).contains("nbd.example.org"));

    add(
        "tls.existingSecret",
        "tls: {existingSecret: mine}",
        chart -> {
          assertThat(chart.volume("tls").getSecret().getSecretName()).isEqualTo("mine");
          assertThat(chart.objects())
              .filteredOn(Secret.class::isInstance)
              .extracting(object -> object.getMetadata().getName())
              .containsExactly("demo-sluice-tokens");
          ValueRow.assertNbdTls(chart, "require", "none");
        });
    add(
        "tls.generate",
        "tls: {generate: true}",
        chart -> {
          assertThat(ValueRow.names(chart))
              .contains(
                  "demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local",
                  "demo-sluice.streams.svc",
                  "demo-sluice.streams.svc.cluster.local");
          assertThat(chart.volume("tls").getSecret().getSecretName()).isEqualTo("demo-sluice-tls");
          ValueRow.assertNbdTls(chart, "require", "none");
        });
    add(
        "tls.generate",
        "tls: {generate: false}",
        chart -> {
          assertThat(chart.pod().getVolumes()).extracting(Volume::getName).doesNotContain("tls");
          assertThat(chart.sluice().getEnv())
              .extracting(EnvVar::getName)
              .noneMatch(name -> name.contains("TLS") || name.contains("SSL"));
        });
    add(
        "tls.validDays",
        "tls: {generate: true, validDays: 30}",
        chart ->
            assertThat(
                    Duration.between(
                        Instant.now(),
                        Certificates.read(Certificates.leaf(chart), "tls.crt")
                            .getNotAfter()
                            .toInstant()))
                .isCloseTo(Duration.ofDays(30), Duration.ofHours(1)));
    add(
        "tls.rotate",
        "tls: {generate: true, rotate: tuesday}",
        chart ->
            assertThat(Certificates.leaf(chart).getMetadata().getAnnotations())
                .containsEntry("sluice.dev/rotate", "tuesday"));
    add(
        "tls.mode",
        "tls: {generate: true, mode: allow}",
        chart -> ValueRow.assertNbdTls(chart, "allow", "none"));
    for (String asked : List.of("need", "want")) {
      add(
          "tls.clientAuth",
          "tls: {generate: true, clientAuth: %s}".formatted(asked),
          chart -> {
            ValueRow.assertNbdTls(chart, "require", asked);
            assertThat(
                    chart.variable("SPRING_SSL_BUNDLE_PEM_NBD_TRUSTSTORE_CERTIFICATE").getValue())
                .isEqualTo("/etc/sluice/tls/ca.crt");
            assertThat(chart.volume("tls").getSecret().getItems()).isEmpty(); // so all keys
          });
    }
    add(
        "tls.allowPlaintext",
        "{service: {type: NodePort}, tls: {allowPlaintext: true}, api: {tls: {existingSecret: a}}}",
        chart -> {
          assertThat(ValueRow.type(chart)).isEqualTo("NodePort");
          assertThat(chart.pod().getVolumes()).extracting(Volume::getName).doesNotContain("tls");
          assertThat(chart.variable("SERVER_SSL_BUNDLE").getValue()).isEqualTo("api");
        });

    add(
        "api.tls.mode",
        "{tls: {generate: true}, api: {tls: {mode: never}}}",
        chart -> {
          assertThat(ValueRow.apiPort(chart)).isEqualTo("http");
          assertThat(chart.sluice().getEnv())
              .extracting(EnvVar::getName)
              .doesNotContain("SERVER_SSL_BUNDLE");
          ValueRow.assertNbdTls(chart, "require", "none");
        });
    for (String mode : List.of("auto", "require")) {
      add(
          "api.tls.mode",
          "{tls: {generate: true}, api: {tls: {mode: %s}}}".formatted(mode),
          chart -> assertThat(ValueRow.apiPort(chart)).isEqualTo("https"));
    }
    add(
        "api.tls.existingSecret",
        "{tls: {generate: true}, api: {tls: {existingSecret: mine}}}",
        chart -> {
          assertThat(chart.volume("api-tls").getSecret().getSecretName()).isEqualTo("mine");
          assertThat(chart.volume("tls").getSecret().getSecretName()).isEqualTo("demo-sluice-tls");
        });
    add(
        "api.tls.existingSecret",
        "api: {tls: {existingSecret: mine}}",
        chart -> {
          assertThat(ValueRow.apiPort(chart)).isEqualTo("https");
          assertThat(chart.pod().getVolumes()).extracting(Volume::getName).doesNotContain("tls");
        });
    add(
        "api.tls.serverName",
        "api: {tls: {existingSecret: mine, serverName: a.example.org}}",
        chart -> {
          assertThat(chart.testVariable("API").getValue()).isEqualTo("https://a.example.org:8080");
          assertThat(ValueRow.endpoint(chart).tlsConfig().serverName()).isEqualTo("a.example.org");
        });
    add(
        "api.tls.caKey",
        "api: {tls: {existingSecret: mine, caKey: root.pem}}",
        chart -> {
          assertThat(ValueRow.endpoint(chart).tlsConfig().ca().secret())
              .isEqualTo(new Monitoring.Credentials("mine", "root.pem"));
          assertThat(
                  Stream.of(chart.volume("api-ca"), chart.testVolume("api-trust"))
                      .flatMap(volume -> volume.getSecret().getItems().stream()))
              .extracting("key", "path")
              .containsExactly(tuple("root.pem", "ca.crt"), tuple("root.pem", "ca.crt"));
        });
    add(
        "api.tls.allowPlaintext",
        "{service: {type: LoadBalancer}, tls: {allowPlaintext: true}, api: {tls: {allowPlaintext:"
            + " true}}}",
        chart -> {
          assertThat(ValueRow.type(chart)).isEqualTo("LoadBalancer");
          assertThat(ValueRow.apiPort(chart)).isEqualTo("http");
        });
  }

  static List<ValueRow> rows() {
    return new TlsValues().rows;
  }

  private void add(String value, String yaml, Consumer<Chart> stands) {
    rows.add(new ValueRow(value, yaml, stands));
  }
}
