package dev.sluice.management;

import dev.sluice.export.ExportFollower;
import dev.sluice.export.ExportSpec;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Records a span for each export that a traced request creates, as a child of the request's span.
 * Its events are the states of the stream. It ends when the stream has ended.
 */
@Component
@Conditional(TracingSwitch.class)
final class ExportSpans implements ExportFollower {

  static final AttributeKey<String> EXPORT = AttributeKey.stringKey("sluice.export");
  private static final AttributeKey<String> DIRECTION = AttributeKey.stringKey("sluice.direction");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("sluice.outcome");
  private static final AttributeKey<Long> POSITION = AttributeKey.longKey("sluice.position");

  private final Tracer tracer;

  ExportSpans(OpenTelemetry openTelemetry) {
    tracer = openTelemetry.getTracer("dev.sluice");
  }

  @Override
  public StreamListener follow(ExportSpec spec) {
    if (!Span.current().isRecording()) {
      return NONE.follow(spec);
    }
    String direction = Tags.of(spec.direction());
    Span span =
        tracer
            .spanBuilder("export " + direction)
            .setAttribute(EXPORT, spec.name())
            .setAttribute(DIRECTION, direction)
            .startSpan();
    return status -> tell(span, status);
  }

  private static void tell(Span span, StreamStatus status) {
    StreamState state = status.state();
    span.addEvent(state.name(), Attributes.of(POSITION, status.position()));
    if (!state.ended()) {
      return;
    }
    // A span keeps a limited number of events, so the last states may be missing from them.
    span.setAttribute(OUTCOME, Tags.of(state)).setAttribute(POSITION, status.position());
    if (state == StreamState.FAILED && status.failure() != null) {
      span.setStatus(StatusCode.ERROR, status.failure());
    }
    span.end();
  }
}
