package dev.sluice.management;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Sends the spans of requests for exports, and of exports, alone: probes and scrapes come every few
 * seconds, and what Spring Security does within a request is of interest to nobody.
 */
@Component
@Conditional(TracingSwitch.class)
final class ApiSpans implements SpanExportingPredicate, ObservationPredicate {

  /**
   * Whether something is observed at all: a span within a request's would be an export's parent.
   */
  @Override
  public boolean test(String name, Observation.Context context) {
    return !name.startsWith("spring.security.");
  }

  @Override
  public boolean isExportable(FinishedSpan span) {
    return span.getTags().containsKey(ExportSpans.EXPORT.getKey())
        || span.getTags().getOrDefault("http.url", "").startsWith("/exports");
  }
}
