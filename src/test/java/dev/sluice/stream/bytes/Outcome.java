package dev.sluice.stream.bytes;

import dev.sluice.stream.bytes.TestSession.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may come of a request.
 *
 * @param low the least position that is right afterwards
 * @param high the greatest
 * @param writer whose request completes a stream that is whole then at once; null: nobody's does
 */
record Outcome(Set<Status> answers, int low, int high, @Nullable Writer writer) {

  static Outcome certain(Status answer, int position) {
    return new Outcome(Set.of(answer), position, position, null);
  }

  boolean isCertain() {
    return answers.size() == 1 && low == high;
  }
}
