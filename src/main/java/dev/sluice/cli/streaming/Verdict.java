package dev.sluice.cli.streaming;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import org.jspecify.annotations.Nullable;

/**
 * The result of a stream: an exit code and an error message.
 *
 * @param exitCode 0 only if the stream is COMPLETED
 * @param complaint why the stream is not COMPLETED; null if it is
 */
record Verdict(int exitCode, @Nullable String complaint) {

  /**
   * Returns the result of a stream.
   *
   * @param status the stream's status when no client could use it any more
   * @param refusal why it could not be finished; null if nobody tried to, or it could
   * @param command the exit code of the command of {@code --run}; 0 if there was none
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
