package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.WakeDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a session's thread waits: one poll over {client, endpoint, the stream's wake
 * descriptors, the client's own}, with a deadline. Confined to that thread, except for the signal.
 */
final class Waiter implements AutoCloseable {

  private static final int CLIENT = 0;
  private static final int ENDPOINT = 1;
  private static final int WAKE = 2;
  private static final int COMPLETION = 3;
  private static final int SIGNAL = 4;

  /** Between two looks at what Linux has no event for. */
  static final int MAX_PAUSE_MILLIS = 20;

  private static final int GONE = PollSet.ERROR | PollSet.HANGUP | PollSet.READ_HANGUP;

  /** How long requests that are here already may take to be answered once an export has gone. */
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  private final ByteStream stream;
  private final Transport transport;
  private Deadline linger;
  private final WaitReport report;
  private final WakeDescriptor signal;
  private final PollSet poll = new PollSet(5);
  private boolean endKnown;
  private boolean dismissed;
  private boolean watched = true;
  private boolean broken;

  /**
   * Waits for a client of a stream.
   *
   * @param linger how long a client is waited for once it knows that the stream has ended
   */
  Waiter(ByteStream stream, Transport transport, Deadline linger) throws ErrnoException {
    this.signal = new WakeDescriptor();
    this.report = new WaitReport(stream);
    this.stream = stream;
    this.transport = transport;
    this.linger = linger;
  }

  /** Tells this client, from any thread, that something it waits for may be there. */
  WakeDescriptor signal() {
    return signal;
  }

  /** Tells of what is waited for. */
  WaitReport report() {
    return report;
  }

  /** From here on waiting is only for the client, and not for long. */
  void acknowledgeEnd() {
    endKnown = true;
    linger.restart();
  }

  /** From here on there is next to no waiting, whatever the client does. */
  void dismiss() {
    endKnown = true;
    dismissed = true;
    linger = new Deadline("the export was taken away, and the client did nothing", AT_ONCE);
  }

  void restartLinger() {
    if (!dismissed) {
      linger.restart();
    }
  }

  /** A dismissed client that always has one more request is not served for ever. */
  void requireTimeLeft() throws ClientGoneException {
    if (dismissed && linger.remainingMillis() == 0) {
      throw new ClientGoneException("the export was taken away");
    }
  }

  /** Whether a wait for the endpoint ends when the client hangs up; it does at first. */
  void watchConnection(boolean watch) {
    watched = watch;
  }

  /** Whether the client's connection was seen to have an error. */
  boolean sawError() {
    return broken;
  }

  /** Waits until both payload and room in the endpoint are there. */
  void awaitTransfer(int endpoint) throws IOException {
    watch(PollSet.READABLE, endpoint, PollSet.WRITABLE);
    if (!poll.await(0)) {
      await(Wait.CLIENT, "the client's payload", stream.idle());
    }
    requireLive();
    boolean payloadThere = poll.events(CLIENT) != 0;
    int endpointEvents = poll.events(ENDPOINT);
    if (payloadThere && endpointEvents == 0) {
      awaitEndpoint(Wait.PEER, endpoint, PollSet.WRITABLE, stream.idle());
    } else if (!payloadThere && endpointEvents == PollSet.WRITABLE) {
      awaitClient(PollSet.READABLE, endpoint);
    }
  }

  /** Waits for the client alone. */
  void awaitClient(int events) throws IOException {
    awaitClient(events, -1);
  }

  private void awaitClient(int events, int endpoint) throws IOException {
    watch(events, endpoint, 0);
    boolean sends = events == PollSet.READABLE;
    String what = sends ? "the client's payload" : "the client to take a reply";
    try {
      if (Standstill.canEnd(stream)) {
        awaitBeforeOthers(what);
      } else {
        await(Wait.CLIENT, what, endKnown ? linger : stream.idle());
      }
    } catch (TimedOutException e) {
      throw Standstill.outcome(stream, e);
    }
  }

  /** Waits for the client, which others may be waiting for. */
  private void awaitBeforeOthers(String what) throws IOException {
    poll.set(SIGNAL, signal.number(), PollSet.READABLE);
    long since = System.nanoTime();
    @Nullable String outer = report.begin(Wait.CLIENT, what);
    try (Standstill standstill = new Standstill(stream, stream.idle(), signal)) {
      do {
        if (!poll.await(standstill.millis())) {
          standstill.requireTimeLeft();
        } else if (poll.events(SIGNAL) != 0) {
          signal.reset();
        }
      } while (!sawAnything());
    } finally {
      report.end(Wait.CLIENT, since, outer);
    }
    requireLive();
  }

  /** Whether the last poll saw anything but the signal. */
  private boolean sawAnything() {
    return (poll.events(CLIENT) | poll.events(ENDPOINT)) != 0
        || (poll.events(WAKE) | poll.events(COMPLETION)) != 0;
  }

  /**
   * Waits until what this client's signal tells of is there.
   *
   * @param deadline runs anew whenever bytes of the stream move
   */
  void awaitSignal(Wait cause, Deadline deadline, BooleanSupplier there) throws IOException {
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, "");
    try {
      while (!there.getAsBoolean()) {
        watch(PollSet.READ_HANGUP, -1, 0);
        poll.set(SIGNAL, signal.number(), PollSet.READABLE);
        if (!poll.await(deadline.remainingMillis())) {
          deadline.restartNotBefore(stream.idle());
          if (deadline.remainingMillis() == 0) {
            throw deadline.expired();
          }
        }
        if (poll.events(SIGNAL) != 0) {
          signal.reset();
        }
        requireLive();
        requireClient();
      }
    } finally {
      report.end(cause, since, outer);
    }
  }

  /**
   * Waits for the endpoint, or another descriptor.
   *
   * @param cause what the wait is really for
   * @return what happened there, bits of {@link PollSet}
   * @throws ClientGoneException when the client gave up meanwhile
   */
  int awaitEndpoint(Wait cause, int endpoint, int events, Deadline deadline) throws IOException {
    watch(PollSet.READ_HANGUP, endpoint, events);
    await(cause, report.inWords(cause), deadline);
    requireClient();
    return poll.events(ENDPOINT);
  }

  /** Waits between two requests; answers what happened at the endpoint, which may be nothing. */
  int awaitRequest(int endpoint, Deadline deadline) throws IOException {
    if (endKnown) {
      awaitClient(PollSet.READABLE);
      return 0;
    }
    watch(PollSet.READABLE, endpoint, 0);
    poll.set(SIGNAL, signal.number(), PollSet.READABLE);
    await(Wait.CLIENT, "", deadline);
    if (poll.events(SIGNAL) != 0) {
      signal.reset();
    }
    return poll.events(ENDPOINT);
  }

  /** Whether the last wait saw anything of the client. */
  boolean sawRequest() {
    return poll.events(CLIENT) != 0;
  }

  /** What is true of a descriptor at this moment, bits of {@link PollSet}. */
  int eventsNow(int descriptor, int events) throws IOException {
    poll.set(CLIENT, -1, 0);
    poll.set(ENDPOINT, descriptor, events);
    poll.set(WAKE, -1, 0);
    poll.set(COMPLETION, -1, 0);
    poll.set(SIGNAL, -1, 0);
    poll.await(0);
    return poll.events(ENDPOINT);
  }

  /** Waits until the endpoint is open. */
  void awaitPeer(Endpoint endpoint, Deadline deadline) throws IOException {
    if (endpoint.tryOpen()) {
      return;
    }
    @Nullable String outer = report.beginArrival(endpoint);
    try {
      for (int pause = 1; !endpoint.tryOpen(); pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
        if (endpoint.arrivalDescriptor() >= 0) {
          awaitEndpoint(Wait.PEER, endpoint.arrivalDescriptor(), PollSet.READABLE, deadline);
        } else {
          pause(Wait.PEER, -1, pause, deadline);
        }
      }
    } finally {
      report.endArrival(outer);
    }
  }

  /** Lets a short time pass in which the client, the endpoint and the stream may say something. */
  void pause(Wait cause, int endpoint, int millis, Deadline deadline) throws IOException {
    int left = deadline.remainingMillis();
    if (left == 0) {
      throw deadline.expired();
    }
    watch(PollSet.READ_HANGUP, endpoint, 0);
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, report.inWords(cause));
    try {
      poll.await(left < 0 ? millis : Math.min(left, millis));
    } finally {
      report.end(cause, since, outer);
    }
    requireLive();
    requireClient();
  }

  /** Waits for what is watched. */
  private void await(Wait cause, String what, Deadline deadline) throws IOException {
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, what);
    try {
      while (!poll.await(deadline.remainingMillis())) {
        if (deadline.remainingMillis() == 0) {
          throw deadline.expired();
        }
      }
    } finally {
      report.end(cause, since, outer);
    }
    requireLive();
  }

  private void watch(int clientEvents, int endpoint, int endpointEvents) {
    poll.set(CLIENT, watched ? transport.pollDescriptor() : -1, clientEvents);
    poll.set(ENDPOINT, endpoint, endpointEvents);
    poll.set(WAKE, endKnown ? -1 : stream.lifecycle().wakeDescriptor(), PollSet.READABLE);
    int completion = endpoint < 0 ? -1 : stream.lifecycle().completionDescriptor();
    poll.set(COMPLETION, completion, PollSet.READABLE);
    poll.set(SIGNAL, -1, 0);
  }

  private void requireLive() throws StreamEndedException {
    if (poll.events(WAKE) != 0) {
      throw stream.lifecycle().ended();
    }
  }

  private void requireClient() throws ClientGoneException {
    int events = poll.events(CLIENT);
    if ((events & GONE) != 0) {
      broken |= (events & PollSet.ERROR) != 0;
      throw new ClientGoneException("the client closed its connection and left a request open");
    }
  }

  @Override
  public void close() {
    signal.close();
    poll.close();
  }
}
