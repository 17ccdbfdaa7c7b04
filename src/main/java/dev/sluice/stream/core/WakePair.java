package dev.sluice.stream.core;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.WakeDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The two descriptors by which a stream tells those who poll that it has ended. They are there as
 * long as somebody may poll. Guarded by the monitor of the {@link Lifecycle}.
 */
final class WakePair {

  private @Nullable WakeDescriptor wake;
  private @Nullable WakeDescriptor completion;

  /** Makes them, unless they are there. */
  void open() throws ErrnoException {
    if (wake != null) {
      return;
    }
    WakeDescriptor first = new WakeDescriptor();
    try {
      completion = new WakeDescriptor();
      wake = first;
    } finally {
      if (wake == null) {
        first.close();
      }
    }
  }

  /** Idempotent. */
  void close() {
    if (wake != null && completion != null) {
      wake.close();
      completion.close();
      wake = null;
      completion = null;
    }
  }

  /** What an attached client polls, or -1. */
  int wakeNumber() {
    return wake == null ? -1 : wake.number();
  }

  /** What whoever polls the endpoint polls besides, or -1. */
  int completionNumber() {
    return completion == null ? -1 : completion.number();
  }

  /** Makes everyone stop waiting. */
  void wake() {
    if (wake != null) {
      wake.signal();
    }
  }

  /** Makes everyone let go of the endpoint. */
  void tellCompletion() {
    if (completion != null) {
      completion.signal();
    }
  }
}
