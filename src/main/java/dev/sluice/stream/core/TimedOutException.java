package dev.sluice.stream.core;

import java.io.IOException;

/**
 * A {@link Deadline} was over before what was waited for came. It says nothing about the peer or
 * the client: both may be there. Ends a stream as FAILED if nobody catches it.
 */
public final class TimedOutException extends IOException {

  private static final long serialVersionUID = 1L;

  TimedOutException(String message) {
    super(message);
  }
}
