package dev.sluice.stream.core;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream is interrupted, failed or cancelled, in words. Guarded by the monitor of the {@link
 * Lifecycle}.
 */
final class FailureReason {

  /** Asked each time: whoever has the lock may move the position until it lets go of the stream. */
  private Supplier<@Nullable String> reason = () -> null;

  /** Why a client could not go on with it since then. */
  private @Nullable String mistake;

  /** Why a client was dropped before that. */
  private @Nullable String dropped;

  /** It is interrupted. */
  void interrupt(String by) {
    boolean before = dropped != null && !by.contains(dropped);
    String why = before ? "%s; before that, %s".formatted(by, dropped) : by;
    set(() -> why);
    dropped = null;
  }

  /** It goes on, or has ended, for which there may be a reason. */
  void set(Supplier<@Nullable String> why) {
    reason = why;
    mistake = null;
  }

  void noteMistake(String text) {
    mistake = text;
  }

  /** A client is dropped, which the next interruption tells of, too. */
  void noteDropped(String text) {
    dropped = text;
  }

  /** Why it is not as it should be; null if it is. */
  @Nullable String text() {
    return mistake == null ? reason.get() : reason.get() + "; since then " + mistake;
  }

  /** The same without what came since then. */
  @Nullable String first() {
    return reason.get();
  }
}
