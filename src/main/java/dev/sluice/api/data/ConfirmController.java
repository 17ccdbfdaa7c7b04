package dev.sluice.api.data;

import dev.sluice.api.ExportView;
import dev.sluice.api.ExportViews;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.api.request.ConfirmRequest;
import dev.sluice.api.request.JsonBody;
import dev.sluice.api.request.RequestBytes;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.io.InputStream;
import java.time.Duration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes the confirmations of peers that they have received everything. A proxy cannot send these.
 */
@RestController
class ConfirmController {

  /** The stream ends at once, unless the disk with the store is slow. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);

  private final ExportRegistry registry;
  private final ExportViews views;

  ConfirmController(ExportRegistry registry, ExportViews views) {
    this.registry = registry;
    this.views = views;
  }

  /**
   * Confirms the number of bytes that the peer has received. 200 with the export if this completes
   * it, or it was COMPLETED with this number before; 202 if it is not COMPLETED yet. A wrong number
   * fails the export.
   */
  @PostMapping({"/exports/{name}/data/confirm", "/exports/{name}/data/confirm/"})
  ResponseEntity<ExportView> confirm(@PathVariable String name, InputStream body)
      throws InterruptedException {
    long bytes = JsonBody.read(RequestBytes.of(body), ConfirmRequest.class).value().bytes();
    Export export = registry.named(name);
    InnerPipe data = DataController.require(export, Direction.WRITE);
    if (data.confirm(bytes, export.stream().status().position())) {
      registry.changes().await(() -> export.stream().status().state().ended(), ENDS_WITHIN);
    }
    StreamStatus status = export.stream().status();
    if (status.state() == StreamState.COMPLETED && status.position() == bytes) {
      return ResponseEntity.ok(views.whole(export));
    }
    if (data.receipt().isTaken() && !status.state().ended()) {
      return ResponseEntity.accepted().body(views.whole(export));
    }
    throw new ProblemException(ProblemType.NOT_CONFIRMED, refusal(status, bytes));
  }

  private static String refusal(StreamStatus status, long bytes) {
    if (status.failure() != null) {
      return "the export has ended: %s, %s".formatted(status.state(), status.failure());
    }
    return status.state().ended()
        ? "the export is %s with %d bytes; expected that number, and not %d"
            .formatted(status.state(), status.position(), bytes)
        : "nothing is to be confirmed now; expected everything to have been sent to a peer that"
            + " asked for it with ?confirm=true";
  }
}
