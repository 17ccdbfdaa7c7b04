package dev.sluice.stream;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen before a stream's bytes can move on, in words, while a client waits for it
 * within a request. Whoever has the {@link RequestLock} writes it, except for the number of those
 * who wait for memory; anybody may read it.
 */
final class CurrentWait {

  private static final String FOR_MEMORY =
      "window memory (sluice.exports.window-memory), which other exports hold";

  private final ByteStream stream;
  private volatile @Nullable String text;
  private final AtomicInteger forMemory = new AtomicInteger();

  CurrentWait(ByteStream stream) {
    this.stream = stream;
  }

  /** Begins a wait within another one, if there is one: returns that, for {@link #end}. */
  @Nullable String begin(String what) {
    String outer = text;
    text = what;
    return outer;
  }

  void end(@Nullable String outer) {
    text = outer;
  }

  void beginForMemory() {
    forMemory.incrementAndGet();
  }

  void endForMemory() {
    forMemory.decrementAndGet();
  }

  /** As {@link StreamStatus#waitingFor}; null while bytes move. */
  @Nullable String waitingFor() {
    String wait = text;
    if (wait == null && forMemory.get() > 0) {
      wait = FOR_MEMORY;
    }
    if (wait != null) {
      return stream.lifecycle().isFinishing() ? wait + ", to finish" : wait;
    }
    if (stream.lock().isHeld()) {
      return null;
    }
    String missing = stream.missing();
    String next = stream.lifecycle().isAttended() ? "the client's next request" : "a client";
    return missing == null ? next : missing;
  }
}
