package dev.sluice.stream;

import dev.sluice.stream.TestSession.Status;
import java.util.Set;

/**
 * What may come of a request.
 *
 * @param low the least position that is right afterwards
 * @param high the greatest
 * @param completes whether a stream that is whole then is complete at once
 */
record Outcome(Set<Status> answers, int low, int high, boolean completes) {

  static Outcome certain(Status answer, int position) {
    return new Outcome(Set.of(answer), position, position, false);
  }

  boolean isCertain() {
    return answers.size() == 1 && low == high;
  }
}
