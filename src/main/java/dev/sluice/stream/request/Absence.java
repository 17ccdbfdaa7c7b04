package dev.sluice.stream.request;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.StreamCore;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a stream when clients leave it: it is interrupted, or, if it has not begun, gives
 * up what it holds of the memory for windows when nobody goes on with it in time.
 */
public final class Absence {

  private final StreamCore core;
  private final StreamTimers timers;
  private final RequestLock lock;
  private final WindowReserve memory;
  private final Runnable giveUpWindows;

  /**
   * Watches over a stream that clients leave.
   *
   * @param giveUpWindows frees what memory it can of a stream that has not begun; in the lock
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
   * Somebody leaves.
   *
   * @param lacking what the stream lacks to be complete, in words that go on with a sentence
   * @param client who it is, if it got as far as that
   */
  public void begin(String reason, String lacking, @Nullable Client client) {
    String where = "%s at position %d%s".formatted(reason, core.position(), lacking);
    note(core.lifecycle().detach(where), client != null && client.history().wasSentAway());
  }

  /**
   * Somebody has left.
   *
   * @param interruption what the lifecycle said to that
   * @param sentAway whether it had to go because it did nothing
   */
  void note(int interruption, boolean sentAway) {
    if (interruption != 0) {
      core.listener().stateChanged(core.status());
      timers.awaitResumption(interruption);
      return;
    }
    core.listener().clientLeft();
    if (isHoldingUp()) {
      timers.awaitReturn(sentAway, this::giveUp);
    }
  }

  /** Nobody has gone on in time. Any thread; waits for nothing. */
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

  /** Nobody has come for long, and what is held cannot be given up. Any thread. */
  private void end(String reason) {
    if (isAbandoned()) {
      core.fail(reason);
    }
  }

  /** Whether nobody is there, nothing has begun, and others could have the memory. */
  private boolean isAbandoned() {
    return core.lifecycle().isAbandoned() && memory.isHeld();
  }

  /**
   * The same, or whoever is there has brought nothing new for so long that it is sent away: else
   * clients that come before the last one has left would keep the memory. Whoever waits for memory
   * cannot bring anything.
   */
  private boolean isHoldingUp() {
    return isAbandoned()
        || (core.lifecycle().is(StreamState.WAITING)
            && !core.lifecycle().isFinishing()
            && core.progress().newBytes().remainingMillis() == 0
            && memory.isHeld()
            && (!lock.isMemoryWanted() || isMemoryWantedForTooLong()));
  }

  /** Whether clients wait one after the other, since one alone would have failed the stream. */
  private boolean isMemoryWantedForTooLong() {
    long standing = System.nanoTime() - core.progress().newBytesAt();
    long longest = memory.patience().plus(core.settings().timeouts().idle()).toNanos();
    return standing > longest;
  }
}
