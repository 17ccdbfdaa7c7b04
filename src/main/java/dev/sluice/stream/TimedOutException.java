package dev.sluice.stream;

/** A clock ran out on something that was waited for. */
final class TimedOutException extends BrokenStreamException {

  private static final long serialVersionUID = 1L;

  TimedOutException(String message) {
    super(message);
  }
}
