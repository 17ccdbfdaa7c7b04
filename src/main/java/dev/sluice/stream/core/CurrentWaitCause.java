package dev.sluice.stream.core;

import dev.sluice.stream.StreamStatus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen before a stream's bytes can move, as text for people. The holder of the
 * request lock writes it, except the number of clients that wait for memory. Any thread may read
 * it.
 */
public final class CurrentWaitCause {

  private static final String FOR_MEMORY =
      "window memory (sluice.exports.window-memory), which other exports hold";

  private final Lifecycle lifecycle;
  private final LockState lock;
  private final Supplier<@Nullable String> missing;
  private volatile @Nullable String text;
  private final AtomicInteger forMemory = new AtomicInteger();

  /**
   * Creates it without any wait.
   *
   * @param missing what clients have to bring, as text for people; null if unknown
   */
  CurrentWaitCause(Lifecycle lifecycle, LockState lock, Supplier<@Nullable String> missing) {
    this.lifecycle = lifecycle;
    this.lock = lock;
    this.missing = missing;
  }

  /**
   * Begins a wait, which may be nested. Returns the text of the outer wait, to be passed to {@link
   * #end}.
   */
  public @Nullable String begin(String what) {
    String outer = text;
    text = what;
    return outer;
  }

  public void end(@Nullable String outer) {
    text = outer;
  }

  public void beginForMemory() {
    forMemory.incrementAndGet();
  }

  public void endForMemory() {
    forMemory.decrementAndGet();
  }

  /** Returns the text for {@link StreamStatus#waitingFor}; null while bytes move. */
  @Nullable String waitingFor() {
    String wait = text;
    if (wait == null && forMemory.get() > 0) {
      wait = FOR_MEMORY;
    }
    if (wait != null) {
      return lifecycle.isFinishing() ? wait + ", to finish" : wait;
    }
    if (lock.isHeld()) {
      return null;
    }
    String absent = missing.get();
    String next = lifecycle.isAttended() ? "the client's next request" : "a client";
    return absent == null ? next : absent;
  }
}
