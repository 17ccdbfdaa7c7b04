package dev.sluice.stream.core;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.WakeDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The two descriptors by which a stream tells pollers that it has ended. Guarded by the monitor of
 * the {@link Lifecycle}.
 */
final class WakePair {

  private @Nullable WakeDescriptor wake;
  private @Nullable WakeDescriptor completion;

  /** Creates both. Does nothing if they exist. */
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

  /** Returns the descriptor that attached clients poll; -1 if there is none. */
  int wakeNumber() {
    return wake == null ? -1 : wake.number();
  }

  /** Returns the descriptor that is polled together with the endpoint; -1 if there is none. */
  int completionNumber() {
    return completion == null ? -1 : completion.number();
  }

  /** Wakes every attached client. */
  void wake() {
    if (wake != null) {
      wake.signal();
    }
  }

  /** Wakes everyone who polls the endpoint, so that it can be closed. */
  void tellCompletion() {
    if (completion != null) {
      completion.signal();
    }
  }
}
