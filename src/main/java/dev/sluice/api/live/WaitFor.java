package dev.sluice.api.live;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.export.TimeLimit;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What somebody waits for.
 *
 * @param started whether it is enough that the stream has begun; one that has ended has begun, too
 * @param timeout how long
 */
record WaitFor(boolean started, Duration timeout) {

  private static final Duration USUAL = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final String EXPECTED_TIME =
      "expected a number of seconds, or a string such as 500ms, 30s or 10m, of 1h at most";

  /**
   * Reads the query parameters.
   *
   * @throws ProblemException when one of them is wrong
   */
  static WaitFor of(@Nullable String what, @Nullable String timeout) {
    if (what == null) {
      throw ProblemException.of("timeout", timeout, "expected only with waitFor");
    }
    if (!what.equals("started") && !what.equals("ended")) {
      throw ProblemException.of("waitFor", what, "expected started or ended");
    }
    return new WaitFor(what.equals("started"), timeout == null ? USUAL : time(timeout));
  }

  private static Duration time(String text) {
    try {
      Duration time = TimeLimit.parse(text);
      if (time.compareTo(LONGEST) <= 0) {
        return time;
      }
    } catch (IllegalArgumentException e) {
      // it is refused as the others are
    }
    throw ProblemException.of("timeout", text, EXPECTED_TIME);
  }

  /** Whether that is so. */
  boolean isSo(StreamStatus status) {
    return status.state().ended() || (started && status.startedAt() != null);
  }

  /** Why it is not, when the time is over. */
  String text(StreamStatus status) {
    return "the export has not %s within %s; it is %s at position %d"
        .formatted(started ? "started" : "ended", timeout, status.state(), status.position());
  }
}
