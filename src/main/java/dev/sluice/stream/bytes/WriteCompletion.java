package dev.sluice.stream.bytes;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.io.Outlet;
import dev.sluice.stream.request.RequestLock;
import dev.sluice.stream.window.Window;
import java.io.IOException;

/**
 * Completes a write stream: delivers what is kept, with zeroes for what is missing, and waits until
 * the peer has taken all of it. Guarded by the request lock.
 */
final class WriteCompletion {

  private final StreamCore core;
  private final Window window;
  private final Sequencer sequencer;
  private final Outlet outlet;
  private final RequestLock.Step complete;

  /**
   * Creates it.
   *
   * @param complete what to do once the peer has everything
   */
  WriteCompletion(
      StreamCore core,
      Window window,
      Sequencer sequencer,
      Outlet outlet,
      RequestLock.Step complete) {
    this.core = core;
    this.window = window;
    this.sequencer = sequencer;
    this.outlet = outlet;
    this.complete = complete;
  }

  /**
   * Throws if the stream cannot be finished on request.
   *
   * @throws RefusedRequestException with what is missing
   */
  void requireWhole(Assurances vouched) throws RefusedRequestException {
    String torn = sequencer.lost().inWords();
    if (torn != null) {
      throw new RefusedRequestException(
          (sequencer.lost().hasGivenUp()
                  ? "not all is there: "
                  : "what is there may be a mixture: ")
              + torn);
    }
    long reached = Math.max(core.position(), window.end());
    long end = core.settings().size().orElse(reached);
    long whole = window.contiguousEnd(core.position());
    if (whole < end && !vouched.padTail()) {
      throw new RefusedRequestException(
          ("%d of %d bytes were written without a gap;"
                  + " expected {\"pad\": \"zero\"} if the rest is to be zeroes")
              .formatted(whole, end));
    }
    if (sequencer.gaps().hasGuessed() && !vouched.padTail()) {
      throw new RefusedRequestException(
          "a gap was filled with zeroes that nobody wrote;"
              + " expected {\"pad\": \"zero\"} if that is as it should be");
    }
  }

  /** Delivers everything that is kept, with zeroes for what is missing, and finishes. */
  void deliverRestAndFinish(Waiter waiter) throws IOException {
    sequencer.deliverAll(waiter);
    long end = core.settings().size().orElse(core.position());
    if (core.position() < end) {
      outlet.zeroes(waiter, end - core.position());
    }
    finish(waiter);
  }

  /** Waits until the peer has taken everything, and completes the stream. */
  void finish(Waiter waiter) throws IOException {
    waiter.watchConnection(false);
    try {
      outlet.finish(waiter);
    } finally {
      waiter.watchConnection(true);
    }
    complete.run();
  }
}
