package dev.sluice.stream.core;

import java.io.IOException;

/**
 * A {@link Deadline} expired. That says nothing about the peer or the client: both may be there. If
 * nobody catches it, the stream ends as FAILED.
 */
public final class TimedOutException extends IOException {

  private static final long serialVersionUID = 1L;

  TimedOutException(String message) {
    super(message);
  }
}
