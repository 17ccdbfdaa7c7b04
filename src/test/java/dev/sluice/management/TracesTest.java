package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Collector;
import dev.sluice.testing.Collector.Manner;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an OpenTelemetry collector sees of requests and exports. */
@Slow("Starts a service for each test, and waits for collectors that do not answer.")
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class TracesTest {

  private static final int MIB = 1 << 20;
  private static final String NO_DELAY =
      "management.opentelemetry.tracing.export.schedule-delay=10ms";
  private static final String NO_LINGER = "sluice.exports.drain-linger=0";

  /** Half of what the chart's pod has beside the drain. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(15);

  private static OwnService tracedTo(String endpoint) {
    return OwnService.with(TracingSwitch.ENDPOINT + "=" + endpoint, NO_DELAY, NO_LINGER);
  }

  private static Span awaitSpan(Collector collector, String name) {
    await().until(() -> collector.spans().stream().anyMatch(span -> span.getName().equals(name)));
    return collector.spans().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void thereAreNoTracesUnlessThereIsWhereTo() throws Exception {
    try (OwnService service = OwnService.with()) {
      service.stream("untraced", MIB);

      assertThat(service.has(OpenTelemetry.class)).isFalse();
      assertThat(service.has(ExportSpans.class)).isFalse();
      assertThat(service.has(SdkTracerProvider.class)).isFalse();
    }
  }

  @Test
  void anExportsLifeIsASpanOfTheRequestThatMadeIt() throws Exception {
    try (Collector collector = Collector.start(Manner.ANSWERS);
        OwnService service = tracedTo(collector.traces())) {
      service.stream("traced", MIB);
      service.api().statusOf("/readyz");
      service.scrape();

      Span life = awaitSpan(collector, "export write");
      Span request = awaitSpan(collector, "http post /exports");

      assertThat(life.getTraceId()).isEqualTo(request.getTraceId());
      assertThat(life.getParentSpanId()).isEqualTo(request.getSpanId());
      assertThat(Collector.attributes(life.getAttributesList()))
          .isEqualTo(
              Map.of(
                  "sluice.export", "traced",
                  "sluice.direction", "write",
                  "sluice.outcome", "completed",
                  "sluice.position", String.valueOf(MIB)));
      assertThat(life.getEventsList())
          .extracting(
              Span.Event::getName, e -> Collector.attributes(e.getAttributesList()).keySet())
          .containsExactly(
              tuple("STREAMING", Set.of("sluice.position")),
              tuple("COMPLETED", Set.of("sluice.position")));
      assertThat(life.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
      // Requests come in their order, so a probe's or scrape's would have come before this one.
      service.api().delete("traced", false);
      awaitSpan(collector, "http delete /exports/{name}");
      assertThat(collector.spans())
          .allSatisfy(
              span ->
                  assertThat(span.getName())
                      .matches("export write|http (post|get|delete) /exports(/\\{name})?"));
    }
  }

  @Test
  void aFailureIsToldAndSoIsWhatEndsWithTheService() throws Exception {
    try (Collector collector = Collector.start(Manner.ANSWERS)) {
      try (OwnService service = tracedTo(collector.traces())) {
        service.create("forlorn", "read", MIB);
      }

      Span life = awaitSpan(collector, "export read");

      assertThat(life.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
      assertThat(life.getStatus().getMessage()).startsWith("the service was stopped");
      assertThat(life.getEventsList()).extracting(Span.Event::getName).containsExactly("FAILED");
    }
  }

  @Test
  void aCallersTraceGoesOnAndIsInTheLog(CapturedOutput output) throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    try (Collector collector = Collector.start(Manner.ANSWERS);
        OwnService service = tracedTo(collector.traces());
        HttpClient http = HttpClient.newHttpClient()) {
      service.create("known", "write", MIB);
      URI uri = service.api().resolve("/exports/known");
      for (String sampled : List.of("00", "01")) {
        String parent = "00-" + trace + "-b7ad6b7169203331-" + sampled;
        http.send(
            HttpRequest.newBuilder(uri).header("traceparent", parent).DELETE().build(),
            BodyHandlers.discarding());
      }

      Span request = awaitSpan(collector, "http delete /exports/{name}");

      assertThat(HexFormat.of().formatHex(request.getTraceId().toByteArray())).isEqualTo(trace);
      assertThat(request.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
      assertThat(output.getOut())
          .containsPattern("\\[known/] \\[" + trace + "] .*Export known \\(write\\) is CANCELLED");
      // The first one was not to be traced, and is the one that deleted it.
      assertThat(Collector.attributes(request.getAttributesList())).containsEntry("status", "404");
    }
  }

  @ParameterizedTest
  @EnumSource(value = Manner.class, names = "ANSWERS", mode = EnumSource.Mode.EXCLUDE)
  void aCollectorThatHangsHarmsNothing(Manner manner) throws Exception {
    try (Collector collector = Collector.start(manner)) {
      assertThatNothingIsHarmedBy(collector.traces(), collector.metrics());
      assertThat(collector.spans()).isNotEmpty();
      assertThat(collector.pushes()).isNotEmpty();
    }
  }

  @Test
  void aCollectorThatIsNotThereHarmsNothing() throws Exception {
    String traces;
    String metrics;
    try (Collector gone = Collector.start(Manner.ANSWERS)) {
      traces = gone.traces();
      metrics = gone.metrics();
    }
    assertThatNothingIsHarmedBy(traces, metrics);
  }

  private static void assertThatNothingIsHarmedBy(String traces, String metrics) throws Exception {
    long end;
    try (OwnService service =
        OwnService.with(
            TracingSwitch.ENDPOINT + "=" + traces,
            NO_DELAY,
            NO_LINGER,
            "management.otlp.metrics.export.enabled=true",
            "management.otlp.metrics.export.url=" + metrics)) {
      for (String name : List.of("one", "two", "three")) {
        long before = System.nanoTime();
        ExportDocument export = service.stream(name, MIB);
        assertThat(export.position()).isEqualTo(MIB);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      }
      end = System.nanoTime();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - end)).isLessThan(STOPS_WITHIN);
  }
}
