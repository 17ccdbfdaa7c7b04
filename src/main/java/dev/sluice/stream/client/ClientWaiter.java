package dev.sluice.stream.client;

import dev.sluice.posix.PollSet;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.core.TimedOutException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a client's thread waits for its client: for requests, payload, and replies to be taken. Who
 * keeps others waiting is dropped, and once the stream has ended nobody is waited for long.
 * Confined to that thread.
 */
public final class ClientWaiter {

  /** How long requests that are here already may take to be answered once an export has gone. */
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  private final StreamCore core;
  private final Waiter waiter;
  private final StreamPoll poll;
  private Deadline linger;
  private boolean endKnown;
  private boolean dismissed;

  /** Who is told of the stream's end while the client hears of a request that is decided. */
  private @Nullable Consumer<StreamEndedException> endHandler;

  /**
   * Waits for the client that a waiter polls.
   *
   * @param linger how long it is waited for once it knows that the stream has ended
   */
  ClientWaiter(StreamCore core, Waiter waiter, Duration linger) {
    this.core = core;
    this.waiter = waiter;
    this.poll = waiter.poll();
    this.linger = new Deadline("the client did nothing", linger);
  }

  /**
   * The client's request is decided: from here to the next one, the end of the stream does not keep
   * the client from hearing how it was decided.
   *
   * @param onEnd is told of that end, and says how long the client is waited for
   */
  public void decided(Consumer<StreamEndedException> onEnd) {
    endHandler = onEnd;
  }

  /** From here on waiting is only for the client, and not for long. */
  void acknowledgeEnd() {
    endKnown = true;
    poll.forgetWake();
    linger.restart();
  }

  /** From here on there is next to no waiting, whatever the client does. */
  void dismiss() {
    endKnown = true;
    poll.forgetWake();
    dismissed = true;
    linger = new Deadline("the export was deleted, and the client did nothing", AT_ONCE);
  }

  /** The client has sent a request. */
  void beginRequest() {
    endHandler = null;
    if (!dismissed) {
      linger.restart();
    }
  }

  /** A dismissed client that always has one more request is not served for ever. */
  void requireTimeLeft() throws ClientGoneException {
    if (dismissed && linger.remainingMillis() == 0) {
      throw new ClientGoneException("the export was deleted");
    }
  }

  /** Waits until both payload and room in the endpoint are there. */
  public void awaitTransfer(int endpoint) throws IOException {
    poll.watch(PollSet.READABLE, endpoint, PollSet.WRITABLE);
    if (!poll.await(0)) {
      waiter.await(WaitCause.CLIENT, "the client's payload", core.idle());
    }
    poll.requireLive();
    boolean payloadThere = poll.clientEvents() != 0;
    int endpointEvents = poll.endpointEvents();
    if (payloadThere && endpointEvents == 0) {
      waiter.awaitEndpoint(WaitCause.PEER, endpoint, PollSet.WRITABLE, core.idle());
    } else if (!payloadThere && endpointEvents == PollSet.WRITABLE) {
      awaitClient(PollSet.READABLE, endpoint);
    }
  }

  /** Waits for the client alone. */
  public void awaitClient(int events) throws IOException {
    awaitClient(events, -1);
  }

  private void awaitClient(int events, int endpoint) throws IOException {
    poll.watch(events, endpoint, 0);
    boolean sends = events == PollSet.READABLE;
    String what = sends ? "the client's payload" : "the client to take a reply";
    try {
      if (Standstill.canEnd(core)) {
        awaitBeforeOthers(what);
      } else {
        waiter.await(WaitCause.CLIENT, what, endKnown ? linger : core.idle());
      }
    } catch (TimedOutException e) {
      throw Standstill.outcome(core, e);
    } catch (StreamEndedException e) {
      if (endHandler == null) {
        throw e;
      }
      endHandler.accept(e);
    }
  }

  /** Waits for the client, which others may be waiting for. */
  private void awaitBeforeOthers(String what) throws IOException {
    poll.watchSignal();
    long since = System.nanoTime();
    @Nullable String outer = waiter.report().begin(WaitCause.CLIENT, what);
    try (Standstill standstill = new Standstill(core, core.idle(), waiter.signal())) {
      do {
        if (!poll.await(standstill.millis())) {
          standstill.requireTimeLeft();
        } else {
          poll.takeSignal();
        }
      } while (!poll.sawMoreThanSignal());
    } finally {
      waiter.report().end(WaitCause.CLIENT, since, outer);
    }
    poll.requireLive();
  }

  /** Waits between two requests; returns what happened at the endpoint, which may be nothing. */
  public int awaitRequest(int endpoint, Deadline deadline) throws IOException {
    if (endKnown) {
      awaitClient(PollSet.READABLE);
      return 0;
    }
    poll.watch(PollSet.READABLE, endpoint, 0);
    poll.watchSignal();
    waiter.await(WaitCause.CLIENT, "", deadline);
    poll.takeSignal();
    return poll.endpointEvents();
  }

  /** Whether the last wait saw anything of the client. */
  public boolean sawRequest() {
    return poll.clientEvents() != 0;
  }
}
