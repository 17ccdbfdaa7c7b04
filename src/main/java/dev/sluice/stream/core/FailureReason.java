package dev.sluice.stream.core;

import org.jspecify.annotations.Nullable;

/**
 * Why a stream is interrupted, failed or cancelled, in words. Guarded by the monitor of the {@link
 * Lifecycle}.
 */
final class FailureReason {

  private @Nullable String reason;

  /** Why a client could not go on with it since then. */
  private @Nullable String mistake;

  /** Why a client was dropped before that. */
  private @Nullable String dropped;

  /** It is interrupted. */
  void interrupt(String by) {
    boolean before = dropped != null && !by.contains(dropped);
    set(before ? "%s; before that, %s".formatted(by, dropped) : by);
    dropped = null;
  }

  /** It goes on, or has ended, for which there may be a reason. */
  void set(@Nullable String why) {
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
    return mistake == null ? reason : reason + "; since then " + mistake;
  }

  /** The same without what came since then. */
  @Nullable String first() {
    return reason;
  }
}
