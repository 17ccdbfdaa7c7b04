package dev.sluice.stream.request;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.StreamCore;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens to a stream when clients leave. It is interrupted, or, if it has not begun,
 * gives up the window memory that it holds when no client continues in time.
 */
public final class Absence {

  private final StreamCore core;
  private final StreamTimers timers;
  private final RequestLock lock;
  private final WindowReserve memory;
  private final Runnable giveUpWindows;

  /**
   * Creates it for one stream.
   *
   * @param giveUpWindows frees what memory it can of a stream that has not begun; called with the
   *     request lock held
   */
  public Absence(
      StreamCore core,
      StreamTimers timers,
      RequestLock lock,
      WindowReserve memory,
      Runnable giveUpWindows) {
    this.core = core;
    this.timers = timers;
    this.lock = lock;
    this.memory = memory;
    this.giveUpWindows = giveUpWindows;
  }

  /**
   * Detaches a client.
   *
   * @param reason why the client left
   * @param lacking what the stream lacks to be complete, as the rest of a sentence; empty if
   *     nothing or unknown
   * @param client the client; null if it made no request
   */
  public void begin(String reason, String lacking, @Nullable Client client) {
    String where = "%s at position %d%s".formatted(reason, core.position(), lacking);
    note(core.lifecycle().detach(where), client != null && client.history().wasSentAway());
  }

  /**
   * Reacts to a client that was detached, or to the end of finishing.
   *
   * @param interruption what {@code Lifecycle.detach} returned
   * @param sentAway whether the client was dropped because it did nothing
   */
  void note(int interruption, boolean sentAway) {
    if (interruption != 0) {
      core.tellState();
      timers.awaitResumption(interruption);
      return;
    }
    core.listener().clientLeft();
    if (isHoldingUp()) {
      timers.awaitReturn(sentAway, this::giveUp);
    }
  }

  /** Gives up memory after no client has continued in time. Any thread. Never blocks. */
  private void giveUp() {
    lock.takeSoon(
        () -> {
          if (isHoldingUp()) {
            giveUpWindows.run();
          }
          if (isAbandoned()) {
            timers.awaitAttention(this::end);
          }
        });
  }

  /**
   * Fails the stream after no client has come for long, and what it holds cannot be given up. Any
   * thread.
   */
  private void end(String reason) {
    if (isAbandoned()) {
      core.fail(reason);
    }
  }

  /**
   * Returns whether the stream has not begun, has no client, and holds memory that others could
   * use.
   */
  private boolean isAbandoned() {
    return core.lifecycle().isAbandoned() && memory.isHeld();
  }

  /**
   * Returns whether the stream is abandoned, or its clients have brought nothing new for so long
   * that they are dropped. Otherwise clients that come before the last one has left would keep the
   * memory. A client that waits for memory cannot bring anything.
   */
  private boolean isHoldingUp() {
    return isAbandoned()
        || (core.lifecycle().is(StreamState.WAITING)
            && !core.lifecycle().isFinishing()
            && core.progress().newBytes().remainingMillis() == 0
            && memory.isHeld()
            && (!lock.isMemoryWanted() || isMemoryWantedForTooLong()));
  }

  /**
   * Returns whether one client after the other waits for memory. One alone would have failed the
   * stream by now.
   */
  private boolean isMemoryWantedForTooLong() {
    long standing = System.nanoTime() - core.progress().newBytesAt();
    long longest = memory.patience().plus(core.settings().timeouts().idle()).toNanos();
    return standing > longest;
  }
}
