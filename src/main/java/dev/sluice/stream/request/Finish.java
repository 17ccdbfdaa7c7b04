package dev.sluice.stream.request;

import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.Lifecycle;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/**
 * Ends a stream as COMPLETED on request, if no client's goodbye does. Like a client's last write,
 * this waits until the peer has taken everything. A stream is finished at most once at a time, and
 * not while a client is attached. Ending the stream otherwise ends this.
 */
public final class Finish {

  /** What the stream does to become complete. */
  public interface LastStep {
    /** Called with the request lock held. */
    void take(Worker worker) throws IOException;
  }

  private final StreamCore core;
  private final Requests requests;
  private final Absence absence;

  public Finish(StreamCore core, Requests requests, Absence absence) {
    this.core = core;
    this.requests = requests;
    this.absence = absence;
  }

  /**
   * Finishes the stream on the current thread.
   *
   * @param waits is run before the first wait
   * @throws RefusedRequestException if bytes are missing, a client is attached, or the stream is
   *     being finished already
   * @throws StreamEndedException if the stream has ended
   */
  public void run(Runnable waits, LastStep step) throws IOException {
    Lifecycle lifecycle = core.lifecycle();
    if (!lifecycle.beginFinishing()) {
      if (lifecycle.state().ended()) {
        throw lifecycle.ended();
      }
      throw new RefusedRequestException("a client is attached; only its own goodbye can tell");
    }
    try (Worker worker = Worker.withoutClient(core)) {
      worker.waiter().report().tellFirst(waits);
      requests.take(worker, () -> step.take(worker));
    } finally {
      String reason = "the stream could not be finished at position %d".formatted(core.position());
      absence.note(lifecycle.endFinishing(reason), false);
    }
  }
}
