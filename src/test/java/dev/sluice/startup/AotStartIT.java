package dev.sluice.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar with the beans that were chosen in the build, beside the one that chooses its own. */
class AotStartIT {

  private static final String PREPARED = "Starting AOT-processed SluiceApplication";
  private static final String NOT_PREPARED = "Starting SluiceApplication";

  /** There since collections of garbage, so sooner or later. */
  private static final Set<String> LATE = Set.of("jvm.gc.pause", "jvm.gc.concurrent.phase.time");

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

      assertThat(prepared.api().read("/actuator").at("/_links").propertyNames())
          .contains("health", "prometheus", "sbom")
          .containsExactlyInAnyOrderElementsOf(
              ordinary.api().read("/actuator").at("/_links").propertyNames());
      assertThat(prepared.api().read("/actuator/health").at("/components").propertyNames())
          .contains("nbd", "exports")
          .containsExactlyInAnyOrderElementsOf(
              ordinary.api().read("/actuator/health").at("/components").propertyNames());
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
      assertThat(sluice.api().read("/actuator/loggers").at("/loggers/ROOT").isObject()).isTrue();
    }
  }

  /** Spring Boot makes properties of these late, from the process's own environment. */
  @Test
  void variablesOfOpenTelemetryAskForOtherBeansToo() {
    Command.Result start =
        SluiceProcess.jar("-Dspring.context.exit=onRefresh")
            .behind("env", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1")
            .run()
            .assertSucceeded();

    assertThat(start.output())
        .contains("because of [")
        .contains("management.opentelemetry.tracing.export.otlp.endpoint");
  }

  private Set<String> meters(SluiceProcess sluice) {
    Set<String> names = new TreeSet<>();
    sluice.api().read("/actuator/metrics").at("/names").forEach(name -> names.add(name.asString()));
    names.removeAll(LATE);
    return names;
  }
}
