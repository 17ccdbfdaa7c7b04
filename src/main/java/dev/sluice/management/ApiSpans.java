package dev.sluice.management;

import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Exports the spans of requests for exports, and of exports. Those of probes and scrapes are
 * dropped.
 */
@Component
@Conditional(TracingSwitch.class)
final class ApiSpans implements SpanExportingPredicate {

  @Override
  public boolean isExportable(FinishedSpan span) {
    return span.getTags().containsKey(ExportSpans.EXPORT.getKey())
        || span.getTags().getOrDefault("http.url", "").startsWith("/exports");
  }
}
