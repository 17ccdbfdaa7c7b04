package dev.sluice.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The jar with the beans that were chosen in the build, beside the one that chooses its own. */
class AotStartIT {

  private static final String PREPARED = "Starting AOT-processed SluiceApplication";
  private static final String NOT_PREPARED = "Starting SluiceApplication";
  private static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final JsonMapper JSON = new JsonMapper();

  /** There since collections of garbage, so sooner or later. */
  private static final Set<String> LATE = Set.of("jvm.gc.pause", "jvm.gc.concurrent.phase.time");

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void requirePreparedJar() {
    Peers.requirePreparedJar();
  }

  @Test
  void itIsTheSameService() {
    try (SluiceProcess prepared = SluiceProcess.start();
        SluiceProcess ordinary = SluiceProcess.start("-Dspring.aot.enabled=false")) {
      assertThat(prepared.log()).contains(PREPARED);
      assertThat(ordinary.log()).contains(NOT_PREPARED);

      assertThat(get(prepared, "/actuator").at("/_links").propertyNames())
          .contains("health", "prometheus", "sbom")
          .containsExactlyInAnyOrderElementsOf(
              get(ordinary, "/actuator").at("/_links").propertyNames());
      assertThat(get(prepared, "/actuator/health").at("/components").propertyNames())
          .contains("nbd", "exports")
          .containsExactlyInAnyOrderElementsOf(
              get(ordinary, "/actuator/health").at("/components").propertyNames());
      assertThat(meters(prepared))
          .contains("sluice.exports", "http.server.requests")
          .containsExactlyInAnyOrderElementsOf(meters(ordinary));
    }
  }

  @Test
  void aConfigurationThatAsksForOtherBeansGetsThem() {
    try (SluiceProcess sluice =
        SluiceProcess.start("-Dmanagement.endpoints.web.exposure.include=health,loggers")) {
      assertThat(sluice.log())
          .contains(NOT_PREPARED)
          .contains(
              "Starts without what the build prepared, which would be faster, because of"
                  + " [management.endpoints.web.exposure.include]");
      assertThat(get(sluice, "/actuator/loggers").at("/loggers/ROOT").isObject()).isTrue();
    }
  }

  /** Spring Boot makes properties of these late, from the process's own environment. */
  @Test
  void variablesOfOpenTelemetryAskForOtherBeansToo() {
    Command.Result start =
        Command.of(
                "env",
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1",
                JAVA,
                "-Dspring.aot.enabled=true",
                "-Dspring.context.exit=onRefresh",
                "-jar",
                JAR)
            .run()
            .assertSucceeded();

    assertThat(start.output())
        .contains("because of [")
        .contains("management.opentelemetry.tracing.export.otlp.endpoint");
  }

  private Set<String> meters(SluiceProcess sluice) {
    Set<String> names = new TreeSet<>();
    get(sluice, "/actuator/metrics").at("/names").forEach(name -> names.add(name.asString()));
    names.removeAll(LATE);
    return names;
  }

  private JsonNode get(SluiceProcess sluice, String path) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(sluice.api().resolve(path)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
