package dev.sluice.stream.core;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream is interrupted, failed or cancelled, as text for people. Guarded by the monitor of
 * the {@link Lifecycle}.
 */
final class FailureReason {

  /**
   * Evaluated on each call: the holder of the request lock may still move the position that it
   * names.
   */
  private Supplier<@Nullable String> reason = () -> null;

  /** Why a client could not continue an interrupted stream, if one has tried; null otherwise. */
  private @Nullable String mistake;

  /** Why a client was dropped before the next interruption; null if none was. */
  private @Nullable String dropped;

  /** Sets the reason of an interruption. */
  void interrupt(String by) {
    boolean before = dropped != null && !by.contains(dropped);
    String why = before ? "%s; before that, %s".formatted(by, dropped) : by;
    set(() -> why);
    dropped = null;
  }

  /** Sets the reason of an end, or none if the stream continues. Forgets a noted mistake. */
  void set(Supplier<@Nullable String> why) {
    reason = why;
    mistake = null;
  }

  void noteMistake(String text) {
    mistake = text;
  }

  /** Notes why a client was dropped. The text of the next interruption includes it. */
  void noteDropped(String text) {
    dropped = text;
  }

  /** Returns the reason and what was noted since; null if there is none. */
  @Nullable String text() {
    return mistake == null ? reason.get() : reason.get() + "; since then " + mistake;
  }

  /** Returns the reason without what was noted since; null if there is none. */
  @Nullable String first() {
    return reason.get();
  }
}
