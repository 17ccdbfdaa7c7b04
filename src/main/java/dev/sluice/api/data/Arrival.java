package dev.sluice.api.data;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A peer that has come, until the stream begins or it is told that it does not. */
final class Arrival {

  private static final int LOOK_MILLIS = 100;

  private final Export export;
  private final InnerPipe.FarEnd pipe;

  Arrival(Export export, InnerPipe.FarEnd pipe) {
    this.export = export;
    this.pipe = pipe;
  }

  /** Whether the peer has gone. */
  interface Look {
    boolean hasGone() throws IOException;
  }

  /**
   * Waits until the stream begins.
   *
   * @return why it does not; null if it does
   * @throws IOException when the peer has gone
   */
  @Nullable ProblemException awaitStream(Look look) throws IOException, InterruptedException {
    Duration limit = export.stream().settings().timeouts().peer();
    long since = System.nanoTime();
    while (!pipe.awaitOpen(LOOK_MILLIS)) {
      if (pipe.isOver()) {
        return ended();
      }
      if (look.hasGone()) {
        throw new IOException("the peer has gone");
      }
      if (limit.isPositive() && System.nanoTime() - since > limit.toNanos()) {
        return new ProblemException(
            ProblemType.NOT_IN_TIME,
            "no client has begun within peerTimeout (%s)".formatted(limit));
      }
    }
    return null;
  }

  /** How the stream has ended, where it is not as the peer wants it. */
  ProblemException ended() {
    StreamStatus status = export.status();
    if (!status.state().ended()) {
      return new ProblemException(
          ProblemType.STOPPING,
          "the service is stopping, and the export goes on after the next start (%s)"
              .formatted(status.state()));
    }
    String failure = status.failure();
    return new ProblemException(
        ProblemType.STREAM_ENDED,
        "the export has ended: %s%s"
            .formatted(
                status.state(),
                failure == null ? " at position " + status.position() : ", " + failure));
  }
}
