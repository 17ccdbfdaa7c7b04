package dev.sluice.stream.core;

import dev.sluice.stream.StreamStatus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen before a stream's bytes can move on, in words, while a client waits for it
 * within a request. Whoever has the request lock writes it, except for the number of those who wait
 * for memory; anybody may read it.
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
   * Nobody waits yet.
   *
   * @param missing what clients have to bring, in words, if that is known
   */
  CurrentWaitCause(Lifecycle lifecycle, LockState lock, Supplier<@Nullable String> missing) {
    this.lifecycle = lifecycle;
    this.lock = lock;
    this.missing = missing;
  }

  /** Begins a wait within another one, if there is one: returns that, for {@link #end}. */
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

  /** As {@link StreamStatus#waitingFor}; null while bytes move. */
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
