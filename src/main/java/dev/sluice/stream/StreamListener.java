package dev.sluice.stream;

/** Hears of a stream's changes; called from whichever thread caused them, and must not wait. */
public interface StreamListener {

  /** The stream's state has changed to the one in the status. */
  void stateChanged(StreamStatus status);
}
