package dev.sluice.stream.request;

import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/**
 * Takes requests one at a time, with the stream's lock. Whatever breaks while the lock is held,
 * except for a refusal and a client that left, breaks the stream.
 */
public final class Requests {

  private final StreamCore core;
  private final RequestLock lock;

  public Requests(StreamCore core, RequestLock lock) {
    this.core = core;
    this.lock = lock;
  }

  /** Waits for the lock and takes a client's step, unless the stream has failed. */
  public void take(Client client, RequestLock.Step step) throws IOException {
    lock.acquire(client.waiter());
    run(client, step);
  }

  /** The same without a client. */
  public void take(Worker worker, RequestLock.Step step) throws IOException {
    lock.acquire(worker.waiter());
    run(step);
  }

  /** The same for a write up to an offset, which counts as begun while it waits for the lock. */
  public void takeForWrite(Client client, long end, RequestLock.Step step) throws IOException {
    client.writes().begin(end);
    try {
      take(client, step);
    } catch (RefusedRequestException e) {
      client.writes().decided();
      throw e;
    }
    client.writes().decided();
  }

  /**
   * Takes a client's last step.
   *
   * @param lost whether the step neither waits nor needs the current thread: if somebody has the
   *     lock, whoever lets go of it takes the step, and the client has to wait for nothing
   * @return whether that is how it is
   */
  boolean takeLeaving(Client client, boolean lost, RequestLock.Step step) throws IOException {
    if (!lost) {
      take(client, step);
      return false;
    }
    client.connection().end().markGone();
    if (!lock.acquireOrLeave(step, core.lifecycle()::beginLeaving)) {
      return true;
    }
    run(client, step);
    return false;
  }

  /** In the lock, of which this lets go. */
  private void run(Client client, RequestLock.Step step) throws IOException {
    run(
        () -> {
          try {
            step.run();
          } catch (ClientGoneException e) {
            // Before the next one is served, which may be the same client again.
            client.connection().end().markGone();
            throw e;
          } finally {
            client.pocket().empty();
          }
        });
  }

  private void run(RequestLock.Step step) throws IOException {
    try {
      core.lifecycle().requireLive();
      core.idle().restart();
      step.run();
    } catch (ClientGoneException | RefusedRequestException | StreamEndedException e) {
      throw e;
    } catch (IOException e) {
      core.fail(String.valueOf(e.getMessage()));
      throw core.lifecycle().ended();
    } catch (RuntimeException | Error e) {
      core.fail("internal error: " + e);
      throw e;
    } finally {
      lock.release();
    }
  }
}
