package dev.sluice.stream.request;

import dev.sluice.stream.Timeouts;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What ends a stream while nobody waits for it: that no client went on with it, and its lifetime.
 * Its own monitor guards it.
 */
public final class StreamTimers {

  /** Bytes that moved within this time, or within a shorter lifetime, still move. */
  private static final long MOVING_MILLIS = 60_000;

  private final StreamCore core;
  private final Timeouts timeouts;
  private final ScheduledExecutorService timer;
  private @Nullable ScheduledFuture<?> lifetime;
  private @Nullable ScheduledFuture<?> resumption;

  /** What ends the wait for somebody who goes on with what a stream that has not begun holds. */
  private @Nullable ScheduledFuture<?> givingUp;

  /** When that was scheduled. */
  private long givingUpSince;

  /** What ends the stream when nobody goes on with what it cannot give up. */
  private @Nullable ScheduledFuture<?> attention;

  /** When that was scheduled. */
  private long attentionSince;

  private boolean stopped;

  /** The number of the last interruption: those who tell of them may overtake each other. */
  private int latest;

  public StreamTimers(StreamCore core, Timeouts timeouts, ScheduledExecutorService timer) {
    this.core = core;
    this.timeouts = timeouts;
    this.timer = timer;
  }

  /** The stream was made so long ago. */
  public synchronized void startLifetime(Duration age) {
    if (timeouts.lifetime().isPositive()) {
      long left = timeouts.lifetime().minus(age).toMillis();
      lifetime = after(Math.max(0, left), this::endLifetime);
    }
  }

  /** The stream has lost its last client. */
  synchronized void awaitResumption(int interruption) {
    if (timeouts.resume().isPositive() && interruption > latest) {
      latest = interruption;
      cancel(resumption);
      resumption = after(timeouts.resume().toMillis(), () -> endInterruption(interruption));
    }
  }

  /**
   * A stream that has not begun has lost its last client, and holds memory. Who comes and goes
   * without a new byte does not make the clock run anew.
   *
   * @param atOnce whether that client was sent away because it did nothing
   * @param giveUp what happens when nobody comes in time
   */
  synchronized void awaitReturn(boolean atOnce, Runnable giveUp) {
    boolean anew = givingUp == null || isProgressSince(givingUpSince);
    if (anew) {
      cancel(attention);
      attention = null;
    }
    if (atOnce || (!anew && givingUp != null && givingUp.isDone())) {
      giveUpAfter(0, giveUp);
    } else if (anew && timeouts.resume().isPositive()) {
      giveUpAfter(timeouts.resume().toMillis(), giveUp);
    }
  }

  private boolean isProgressSince(long nanoTime) {
    return core.progress().newBytesAt() - nanoTime > 0;
  }

  private void giveUpAfter(long millis, Runnable giveUp) {
    cancel(givingUp);
    givingUpSince = System.nanoTime();
    givingUp = after(millis, giveUp);
  }

  /**
   * Something is held that cannot be given up while the stream is to go on. That clock does not run
   * anew without a new byte either.
   *
   * @param end what happens when nobody comes in time, with the reason
   */
  synchronized void awaitAttention(Consumer<String> end) {
    boolean anew = attention == null || isProgressSince(attentionSince);
    boolean over = attention != null && attention.isDone();
    if (timeouts.idle().isPositive() && (anew || over)) {
      cancel(attention);
      String reason =
          "no client went on within %s with what had been taken from the peer"
              .formatted(Deadline.shown(timeouts.idle()));
      attentionSince = System.nanoTime();
      attention = after(anew ? timeouts.idle().toMillis() : 0, () -> end.accept(reason));
    }
  }

  /** Does something on the timer's thread, unless the stream has ended by then. */
  synchronized void soon(Runnable step) {
    after(0, step);
  }

  /** The stream has ended; nothing of it is kept for later. */
  public synchronized void stop() {
    stopped = true;
    cancel(lifetime);
    cancel(resumption);
    cancel(givingUp);
    cancel(attention);
  }

  private void endInterruption(int interruption) {
    if (core.lifecycle().isInterrupted(interruption)) {
      core.fail(
          "%s, and no client went on within %d s;"
              .formatted(core.lifecycle().failure(), timeouts.resume().toSeconds()));
    }
  }

  private void endLifetime() {
    long moving = Math.min(MOVING_MILLIS, timeouts.lifetime().toMillis());
    long left = moving - core.progress().standingStillMillis();
    if (left > 0) {
      synchronized (this) {
        lifetime = after(left, this::endLifetime);
      }
    } else {
      core.fail("the lifetime of " + Deadline.shown(timeouts.lifetime()) + " was over");
    }
  }

  private @Nullable ScheduledFuture<?> after(long millis, Runnable step) {
    return stopped || timer.isShutdown()
        ? null
        : timer.schedule(step, millis, TimeUnit.MILLISECONDS);
  }

  private static void cancel(@Nullable ScheduledFuture<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }
}
