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
 * Where a client's thread waits for its client: for requests, for payload, and until replies are
 * taken. A client that stalls while others wait is dropped. Once the stream has ended, waits are
 * short. Confined to that thread.
 */
public final class ClientWaiter {

  /** How long requests that have arrived already may be served after the export was deleted. */
  private static final Duration DISMISS_TIMEOUT = Duration.ofMillis(100);

  private final StreamCore core;
  private final Waiter waiter;
  private final StreamPoll poll;
  private Deadline linger;
  private boolean endKnown;
  private boolean dismissed;

  /** Told of the stream's end once the current request is decided; null before that. */
  private @Nullable Consumer<StreamEndedException> endHandler;

  /**
   * Creates a waiter for a client.
   *
   * @param linger how long to wait for the client once it knows that the stream has ended
   */
  ClientWaiter(StreamCore core, Waiter waiter, Duration linger) {
    this.core = core;
    this.waiter = waiter;
    this.poll = waiter.poll();
    this.linger = new Deadline("the client did nothing", linger);
  }

  /**
   * Notes that the current request is decided. Until the next request, the end of the stream does
   * not prevent the client from getting its reply.
   *
   * @param onEnd is told of that end, and calls {@link #acknowledgeEnd} or {@link #dismiss}
   */
  public void decided(Consumer<StreamEndedException> onEnd) {
    endHandler = onEnd;
  }

  /** Waits only for the client from now on, and not for long. */
  void acknowledgeEnd() {
    endKnown = true;
    poll.forgetWake();
    linger.restart();
  }

  /** Allows next to no waiting from now on, whatever the client does. */
  void dismiss() {
    endKnown = true;
    poll.forgetWake();
    dismissed = true;
    linger = new Deadline("the export was deleted, and the client did nothing", DISMISS_TIMEOUT);
  }

  /** Notes that the client has sent a request. */
  void beginRequest() {
    endHandler = null;
    if (!dismissed) {
      linger.restart();
    }
  }

  /**
   * Throws if the time of a dismissed client is over, so that one that sends request after request
   * is not served forever.
   */
  void requireTimeLeft() throws ClientGoneException {
    if (dismissed && linger.remainingMillis() == 0) {
      throw new ClientGoneException("the export was deleted");
    }
  }

  /**
   * Waits until there are both payload from the client and room in the endpoint, or only some of
   * that. The caller tries again.
   */
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

  /** Waits for the client only. */
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

  /** Waits for the client while other clients may wait for this one. */
  private void awaitBeforeOthers(String what) throws IOException {
    poll.watchSignal();
    long since = System.nanoTime();
    @Nullable String outer = waiter.report().begin(WaitCause.CLIENT, what);
    try (Standstill standstill = new Standstill(core, core.idle(), waiter.signal())) {
      do {
        if (poll.await(standstill.millis())
            || (standstill.isLongOver() && poll.await(Waiter.GRACE_MILLIS))) {
          poll.takeSignal();
        } else {
          standstill.requireTimeLeft();
        }
      } while (!poll.sawMoreThanSignal());
    } finally {
      waiter.report().end(WaitCause.CLIENT, since, outer);
    }
    poll.requireLive();
  }

  /**
   * Waits between two requests. Returns the events of the endpoint, bits of {@link PollSet}; 0 if
   * there are none.
   */
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

  /** Returns whether the last wait saw an event of the client. */
  public boolean sawRequest() {
    return poll.clientEvents() != 0;
  }
}
