package dev.sluice.journal;

import java.io.IOException;

/** Something could not be written, or not for certain. */
public final class JournalException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean full;

  private JournalException(boolean full, String message, Throwable cause) {
    super(message, cause);
    this.full = full;
  }

  /** There is no room for more; what is there already still can end. */
  static JournalException full(IOException cause) {
    return new JournalException(
        /* full= */ true,
        "there is no room in the store for one more export (%s); delete some that have ended, or make room on its disk"
            .formatted(cause.getMessage()),
        cause);
  }

  /** Nothing can be written. */
  static JournalException lost(String what, Throwable cause) {
    return new JournalException(/* full= */ false, what, cause);
  }

  /** Whether all that lacks is room. */
  public boolean isFull() {
    return full;
  }
}
