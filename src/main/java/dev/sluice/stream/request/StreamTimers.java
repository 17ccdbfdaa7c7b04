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
 * Timers that end a stream, or make it give up memory, while no thread waits for it: because no
 * client continues it, or its lifetime is over. Guarded by its own monitor.
 */
public final class StreamTimers {

  /**
   * Bytes still count as moving if any moved within this time, or within the lifetime if that is
   * shorter.
   */
  private static final long MOVING_MILLIS = 60_000;

  private final StreamCore core;
  private final Timeouts timeouts;
  private final ScheduledExecutorService timer;
  private @Nullable ScheduledFuture<?> lifetime;
  private @Nullable ScheduledFuture<?> resumption;

  /** Gives up the memory of a stream that has not begun; null before its last client first left. */
  private @Nullable ScheduledFuture<?> givingUp;

  /** When {@link #givingUp} was scheduled, by {@link System#nanoTime}. */
  private long givingUpSince;

  /** Fails a stream that holds what it cannot give up; null if it holds none. */
  private @Nullable ScheduledFuture<?> attention;

  /** When {@link #attention} was scheduled, by {@link System#nanoTime}. */
  private long attentionSince;

  private boolean stopped;

  /**
   * The number of the latest interruption. The threads that report interruptions may overtake each
   * other.
   */
  private int latest;

  public StreamTimers(StreamCore core, Timeouts timeouts, ScheduledExecutorService timer) {
    this.core = core;
    this.timeouts = timeouts;
    this.timer = timer;
  }

  /**
   * Starts the lifetime of a stream.
   *
   * @param age time since the stream was created
   */
  public synchronized void startLifetime(Duration age) {
    if (timeouts.lifetime().isPositive()) {
      long left = timeouts.lifetime().minus(age).toMillis();
      lifetime = after(Math.max(0, left), this::endLifetime);
    }
  }

  /** Starts the timer of an interruption. */
  synchronized void awaitResumption(int interruption) {
    if (timeouts.resume().isPositive() && interruption > latest) {
      latest = interruption;
      cancel(resumption);
      resumption = after(timeouts.resume().toMillis(), () -> endInterruption(interruption));
    }
  }

  /**
   * Starts the timer of a stream that has not begun, has lost its last client, and holds memory.
   * Clients that come and go without a new byte do not restart it.
   *
   * @param atOnce whether that client was dropped because it did nothing
   * @param giveUp what to do if no client comes in time
   */
  synchronized void awaitReturn(boolean atOnce, Runnable giveUp) {
    boolean restart = givingUp == null || isProgressSince(givingUpSince);
    if (restart) {
      cancel(attention);
      attention = null;
    }
    if (atOnce || (!restart && givingUp != null && givingUp.isDone())) {
      giveUpAfter(0, giveUp);
    } else if (restart && timeouts.resume().isPositive()) {
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
   * Starts the timer of a stream that holds what it cannot give up while it exists. Clients that
   * come and go without a new byte do not restart it.
   *
   * @param end what to do if no client comes in time; it gets the reason
   */
  synchronized void awaitAttention(Consumer<String> end) {
    boolean restart = attention == null || isProgressSince(attentionSince);
    boolean over = attention != null && attention.isDone();
    if (timeouts.idle().isPositive() && (restart || over)) {
      cancel(attention);
      String reason =
          "no client went on within %s with what had been taken from the peer"
              .formatted(Deadline.shown(timeouts.idle()));
      attentionSince = System.nanoTime();
      attention = after(restart ? timeouts.idle().toMillis() : 0, () -> end.accept(reason));
    }
  }

  /** Runs a step on the timer's thread, unless the stream has ended. */
  synchronized void soon(Runnable step) {
    after(0, step);
  }

  /** Cancels all timers, because the stream has ended. */
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
