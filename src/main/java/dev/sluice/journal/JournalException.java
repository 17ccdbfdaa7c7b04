package dev.sluice.journal;

import java.io.IOException;

/** Thrown when something could not be written, or not certainly. */
public final class JournalException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean full;

  private JournalException(boolean full, String message, Throwable cause) {
    super(message, cause);
    this.full = full;
  }

  /** Creates the failure for a lack of room. Existing exports still can end. */
  static JournalException full(IOException cause) {
    return new JournalException(
        /* full= */ true,
        "there is no room in the store for one more export (%s); delete some that have ended, or make room on its disk"
            .formatted(cause.getMessage()),
        cause);
  }

  /** Creates the failure for a store that cannot be written at all. */
  static JournalException lost(String what, Throwable cause) {
    return new JournalException(/* full= */ false, what, cause);
  }

  /** Returns whether the only cause is a lack of room. */
  public boolean isFull() {
    return full;
  }
}
