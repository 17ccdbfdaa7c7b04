package dev.sluice.api.data;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A peer that has connected, until its stream begins or it learns that it does not. */
final class Arrival {

  private static final int POLL_MILLIS = 100;

  private final Export export;
  private final InnerPipe.FarEnd pipe;

  Arrival(Export export, InnerPipe.FarEnd pipe) {
    this.export = export;
    this.pipe = pipe;
  }

  /** Checks whether the peer has disconnected. */
  interface Look {
    boolean hasGone() throws IOException;
  }

  /**
   * Waits until the stream begins.
   *
   * @return why it does not begin; null if it does
   * @throws IOException if the peer has disconnected
   */
  @Nullable ProblemException awaitStream(Look look) throws IOException, InterruptedException {
    Duration limit = export.stream().settings().timeouts().peer();
    long since = System.nanoTime();
    while (!pipe.awaitOpen(POLL_MILLIS)) {
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

  /** Returns the problem for a peer whose stream has ended, or is stopped by the shutdown. */
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
