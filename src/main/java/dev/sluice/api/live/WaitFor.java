package dev.sluice.api.live;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.export.TimeLimit;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The condition that a request waits for.
 *
 * @param started whether the stream only has to have begun; one that has ended counts as begun
 * @param timeout how long to wait
 */
record WaitFor(boolean started, Duration timeout) {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  private static final String EXPECTED_TIME =
      "expected a number of seconds, or a string such as 500ms, 30s or 10m, of 1h at most";

  /**
   * Parses the query parameters.
   *
   * @throws ProblemException if one of them is wrong
   */
  static WaitFor of(@Nullable String what, @Nullable String timeout) {
    if (what == null) {
      throw ProblemException.of("timeout", timeout, "expected only with waitFor");
    }
    if (!what.equals("started") && !what.equals("ended")) {
      throw ProblemException.of("waitFor", what, "expected started or ended");
    }
    return new WaitFor(what.equals("started"), timeout == null ? DEFAULT_TIMEOUT : time(timeout));
  }

  private static Duration time(String text) {
    try {
      Duration time = TimeLimit.parse(text);
      if (time.compareTo(MAX_TIMEOUT) <= 0) {
        return time;
      }
    } catch (IllegalArgumentException e) {
      // refused below
    }
    throw ProblemException.of("timeout", text, EXPECTED_TIME);
  }

  /** Returns whether the condition is met. */
  boolean isSo(StreamStatus status) {
    return status.state().ended() || (started && status.startedAt() != null);
  }

  /** Describes why the condition was not met within the timeout. */
  String text(StreamStatus status) {
    return "the export has not %s within %s; it is %s at position %d"
        .formatted(started ? "started" : "ended", timeout, status.state(), status.position());
  }
}
