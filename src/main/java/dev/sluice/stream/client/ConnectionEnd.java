package dev.sluice.stream.client;

import dev.sluice.posix.PollSet;
import dev.sluice.stream.Transport;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.TimedOutException;
import java.io.IOException;
import java.time.Duration;

/**
 * What is known of the end of a client's connection: whether there was one, and whether everything
 * that was sent has been taken. The client's own thread asks; other clients may, too, with the
 * stream's lock, as long as this one has not left the stream.
 */
public final class ConnectionEnd {

  /** How long replies may be on their way to a client that has closed its connection. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(10);

  private final Transport transport;
  private final Waiter waiter;
  private boolean broken;

  /** Set by the client's own thread. */
  private volatile boolean gone;

  ConnectionEnd(Transport transport, Waiter waiter) {
    this.transport = transport;
    this.waiter = waiter;
  }

  /** The client has left, or will at once: what it sent and nobody took is lost. */
  public void markGone() {
    gone = true;
  }

  /** Sending or receiving has failed. */
  void markBroken() {
    broken = true;
  }

  /** Whether the client closed its connection, or its half of it. */
  public boolean hasHungUp() throws IOException {
    return hasHungUp(waiter);
  }

  /** The same, asked by another client. */
  public boolean hasHungUp(Waiter asking) throws IOException {
    return gone || asking.eventsNow(transport.pollDescriptor(), PollSet.READ_HANGUP) != 0;
  }

  /** Whether it was seen to break, so that what was sent last may not have arrived. */
  public boolean isBroken() {
    return broken || waiter.sawError();
  }

  /** The same, with a look: a system resets a connection that is closed with replies unread. */
  public boolean hasBroken() throws IOException {
    return isBroken() || (waiter.eventsNow(transport.pollDescriptor(), 0) & PollSet.ERROR) != 0;
  }

  /**
   * Whether the client has closed its connection, or at least its half of it, and its system has
   * taken everything that was sent, which this waits for. A system that closed the connection with
   * bytes on the way answers them with a reset, and never takes them then. Nobody knows that of a
   * client that another pod passes on.
   */
  public boolean hasLeftWithEverything() throws IOException {
    int socket = transport.pollDescriptor();
    boolean told = transport.isDirect() && !isBroken();
    if (!told || waiter.eventsNow(socket, PollSet.READ_HANGUP) == 0) {
      return false;
    }
    Deadline deadline = new Deadline("replies were on the way", ON_THE_WAY);
    int pause = 1;
    while (transport.unreadSent() > 0) {
      // After a reset there is a hang-up for good, but an error only until somebody was told of it.
      if (waiter.eventsNow(socket, 0) != 0) {
        return false;
      }
      try {
        waiter.pause(WaitCause.CLIENT, socket, pause, deadline);
      } catch (TimedOutException tooLong) {
        return false;
      }
      pause = Math.min(2 * pause, Waiter.MAX_PAUSE_MILLIS);
    }
    return !hasBroken();
  }
}
