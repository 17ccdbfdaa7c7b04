package dev.sluice.stream.request;

import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/**
 * Serves requests one at a time, with the request lock held. Any failure meanwhile fails the
 * stream, except a refusal, a client that has gone, and the end of the stream.
 */
public final class Requests {

  private final StreamCore core;
  private final RequestLock lock;

  public Requests(StreamCore core, RequestLock lock) {
    this.core = core;
    this.lock = lock;
  }

  /**
   * Waits for the lock and takes a client's step.
   *
   * @throws StreamEndedException if the stream has failed or was cancelled
   */
  public void take(Client client, RequestLock.Step step) throws IOException {
    lock.acquire(client.waiter());
    run(client, step);
  }

  /** Does the same without a client. */
  public void take(Worker worker, RequestLock.Step step) throws IOException {
    lock.acquire(worker.waiter());
    run(step);
  }

  /**
   * Does the same for a write up to {@code end}. The write counts as begun while it waits for the
   * lock.
   */
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
   * @param lost whether the step neither blocks nor needs the current thread; if the lock is taken
   *     then, its holder takes the step when it releases the lock, and this does not wait
   * @return whether the step was left to the holder
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

  /** Runs with the lock held, and releases it. */
  private void run(Client client, RequestLock.Step step) throws IOException {
    run(
        () -> {
          try {
            step.run();
          } catch (ClientGoneException e) {
            // Must be known before the next request is served, which may be of the same program on
            // a new connection.
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
