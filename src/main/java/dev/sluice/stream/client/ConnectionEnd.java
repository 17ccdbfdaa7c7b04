package dev.sluice.stream.client;

import dev.sluice.posix.PollSet;
import dev.sluice.stream.Transport;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.TimedOutException;
import java.io.IOException;
import java.time.Duration;

/**
 * What is known of the end of a client's connection: whether it ended, and whether everything sent
 * was acknowledged. Used by the client's own thread. Threads of other clients may call {@link
 * #hasHungUp(Waiter)} with the request lock held, until this client has left the stream.
 */
public final class ConnectionEnd {

  /** How long to wait for acknowledgements from a client that has closed its connection. */
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(10);

  private final Transport transport;
  private final Waiter waiter;
  private boolean broken;

  /** Set by the client's own thread. */
  private volatile boolean gone;

  ConnectionEnd(Transport transport, Waiter waiter) {
    this.transport = transport;
    this.waiter = waiter;
  }

  /** Notes that the client has left, or is about to. What it sent and nobody read is lost. */
  public void markGone() {
    gone = true;
  }

  /** Notes that sending or receiving has failed. */
  void markBroken() {
    broken = true;
  }

  /** Returns whether the client closed its connection, or its sending half. */
  public boolean hasHungUp() throws IOException {
    return hasHungUp(waiter);
  }

  /**
   * Does the same on the thread of another client.
   *
   * @param asking the waiter of the calling thread
   */
  public boolean hasHungUp(Waiter asking) throws IOException {
    return gone || asking.eventsNow(transport.pollDescriptor(), PollSet.READ_HANGUP) != 0;
  }

  /**
   * Returns whether the connection was seen to break. What was sent last may not have arrived then.
   */
  public boolean isBroken() {
    return broken || waiter.sawError();
  }

  /**
   * Does the same as {@link #isBroken}, and checks the socket too: a system resets a connection
   * that is closed with replies unread.
   */
  public boolean hasBroken() throws IOException {
    return isBroken() || (waiter.eventsNow(transport.pollDescriptor(), 0) & PollSet.ERROR) != 0;
  }

  /**
   * Returns whether the client has closed its connection, or its sending half, and its system has
   * acknowledged everything that was sent. Waits for the acknowledgements. A system that closed the
   * connection while bytes were under way replies with a reset, and never acknowledges them. Always
   * false for a client that another pod relays.
   */
  public boolean hasLeftWithEverything() throws IOException {
    int socket = transport.pollDescriptor();
    boolean told = transport.isDirect() && !isBroken();
    if (!told || waiter.eventsNow(socket, PollSet.READ_HANGUP) == 0) {
      return false;
    }
    Deadline deadline = new Deadline("replies were on the way", ACK_TIMEOUT);
    int pause = 1;
    while (transport.unreadSent() > 0) {
      // After a reset the hang-up stays, but the error is reported only once.
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
