package dev.sluice.stream.client;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.WakeDescriptor;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.core.Lifecycle;

/**
 * What a thread polls while it serves a stream: its client, the endpoint, the stream's wake
 * descriptors, and its own signal. Confined to that thread, except for the signal.
 */
final class StreamPoll implements AutoCloseable {

  private static final int CLIENT = 0;
  private static final int ENDPOINT = 1;
  private static final int WAKE = 2;
  private static final int COMPLETION = 3;
  private static final int SIGNAL = 4;

  private static final int GONE = PollSet.ERROR | PollSet.HANGUP | PollSet.READ_HANGUP;

  private final Lifecycle lifecycle;
  private final int client;
  private final WakeDescriptor signal;
  private final PollSet poll;
  private boolean clientWatched = true;
  private boolean wakeWatched = true;
  private boolean clientBroken;

  /**
   * Creates the poll set.
   *
   * @param client the descriptor of the client's connection; -1 if there is no client
   */
  StreamPoll(Lifecycle lifecycle, int client) throws ErrnoException {
    this.signal = new WakeDescriptor();
    this.poll = new PollSet(5);
    this.lifecycle = lifecycle;
    this.client = client;
  }

  /** Returns the signal that wakes the thread after {@link #watchSignal}. Any thread may use it. */
  WakeDescriptor signal() {
    return signal;
  }

  /** Sets whether {@link #watch} includes the client. It does by default. */
  void watchClient(boolean watch) {
    clientWatched = watch;
  }

  /** Ignores the end of the stream from now on. */
  void forgetWake() {
    wakeWatched = false;
  }

  /** Returns whether an error of the client's connection was seen. */
  boolean sawClientError() {
    return clientBroken;
  }

  /**
   * Sets what the next {@link #await} waits for, besides the end of the stream. The signal is not
   * included.
   */
  void watch(int clientEvents, int endpoint, int endpointEvents) {
    poll.set(CLIENT, clientWatched ? client : -1, clientEvents);
    poll.set(ENDPOINT, endpoint, endpointEvents);
    poll.set(WAKE, wakeWatched ? lifecycle.wakeDescriptor() : -1, PollSet.READABLE);
    int completion = endpoint < 0 ? -1 : lifecycle.completionDescriptor();
    poll.set(COMPLETION, completion, PollSet.READABLE);
    poll.set(SIGNAL, -1, 0);
  }

  /** Adds the signal. Called after {@link #watch}. */
  void watchSignal() {
    poll.set(SIGNAL, signal.number(), PollSet.READABLE);
  }

  /**
   * Polls for at most this many milliseconds; without a limit if negative. Returns whether there
   * was an event.
   */
  boolean await(int millis) throws ErrnoException {
    return poll.await(millis);
  }

  /** Returns the current events of a descriptor, bits of {@link PollSet}, without waiting. */
  int eventsNow(int descriptor, int events) throws ErrnoException {
    poll.set(CLIENT, -1, 0);
    poll.set(ENDPOINT, descriptor, events);
    poll.set(WAKE, -1, 0);
    poll.set(COMPLETION, -1, 0);
    poll.set(SIGNAL, -1, 0);
    poll.await(0);
    return poll.events(ENDPOINT);
  }

  /** Returns the client's events of the last poll. */
  int clientEvents() {
    return poll.events(CLIENT);
  }

  /** Returns the endpoint's events of the last poll. */
  int endpointEvents() {
    return poll.events(ENDPOINT);
  }

  /** Resets the signal if the last poll saw it. */
  void takeSignal() throws ErrnoException {
    if (poll.events(SIGNAL) != 0) {
      signal.reset();
    }
  }

  /** Returns whether the last poll saw anything but the signal. */
  boolean sawMoreThanSignal() {
    return (poll.events(CLIENT) | poll.events(ENDPOINT)) != 0
        || (poll.events(WAKE) | poll.events(COMPLETION)) != 0;
  }

  /** Throws if the last poll saw that the stream has failed or was cancelled. */
  void requireLive() throws StreamEndedException {
    if (poll.events(WAKE) != 0) {
      throw lifecycle.ended();
    }
  }

  /** Throws if the last poll saw that the client has closed its connection. */
  void requireClient() throws ClientGoneException {
    int events = poll.events(CLIENT);
    if ((events & GONE) != 0) {
      clientBroken |= (events & PollSet.ERROR) != 0;
      throw new ClientGoneException("the client closed its connection and left a request open");
    }
  }

  @Override
  public void close() {
    signal.close();
    poll.close();
  }
}
