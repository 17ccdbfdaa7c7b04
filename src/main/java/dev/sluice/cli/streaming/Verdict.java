package dev.sluice.cli.streaming;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a stream in the end, and what the process ends with.
 *
 * @param exitCode 0 only if the stream is COMPLETED
 * @param complaint why it is not; null if it is
 */
record Verdict(int exitCode, @Nullable String complaint) {

  /**
   * Judges.
   *
   * @param status the stream as it was when nobody could go on with it any more
   * @param refusal why it could not be finished, if somebody has tried
   * @param command what the captive command has ended with; 0 if there was none
   */
  static Verdict of(StreamStatus status, @Nullable String refusal, int command) {
    if (status.state() == StreamState.COMPLETED) {
      return new Verdict(command, null);
    }
    String text = "the stream is %s at %d".formatted(status.state(), status.position());
    if (status.failure() != null) {
      text += ": " + status.failure();
    } else if (refusal == null && status.waitingFor() != null) {
      text += ", and waits for " + status.waitingFor();
    }
    if (refusal != null) {
      text += "; it could not be finished: " + refusal;
    }
    return new Verdict(command == 0 ? ExitCode.FAILED : command, OptionWords.of(text));
  }
}
