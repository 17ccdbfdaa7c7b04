package dev.sluice.stream.bytes;

import dev.sluice.stream.window.Ranges;
import dev.sluice.stream.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * Ranges that clients have written, but that are not there as they wrote them. They have to be
 * written again. Guarded by the request lock.
 */
final class LostRanges {

  /** The most ranges of a kind. If there are more, they become one, which errs on the safe side. */
  private static final int MAX_RANGES = 65_536;

  /** Ranges whose replacement was cut off. They have old bytes, new ones, or a mixture. */
  private final Ranges torn = new Ranges();

  /** Ranges that were written, and then dropped because no client continued in time. */
  private final Ranges givenUp = new Ranges();

  /** Notes that a request was cut off that would have replaced bytes of a range. */
  void tear(long from, long end) {
    torn.add(from, end);
    torn.collapseAbove(MAX_RANGES);
  }

  /** Notes that a range is there as a client wrote it. */
  void mend(long from, long end) {
    torn.remove(from, end);
    givenUp.remove(from, end);
  }

  /** Drops what a window keeps in shared memory. */
  void giveUp(Window window) {
    window.dropShared(givenUp);
    givenUp.collapseAbove(MAX_RANGES);
  }

  boolean hasGivenUp() {
    return !givenUp.isEmpty();
  }

  /**
   * Returns the lowest lost offset that is not below the given one; {@link Long#MAX_VALUE} if there
   * is none.
   */
  long firstFrom(long offset) {
    return Math.min(torn.firstFrom(offset), givenUp.firstFrom(offset));
  }

  /** Does the same for ranges whose replacement was cut off. */
  long firstTornFrom(long offset) {
    return torn.firstFrom(offset);
  }

  /** Returns the end of the lost range that contains an offset; the offset itself if none does. */
  long endFrom(long offset) {
    return Math.max(torn.endFrom(offset), givenUp.endFrom(offset));
  }

  /** Describes the first lost range as text for people; null if there is none. */
  @Nullable String inWords() {
    if (hasGivenUp()) {
      return "bytes %d to %d%s, which were written and then given up since no client went on with them"
          .formatted(
              givenUp.first(), givenUp.firstEnd() - 1, givenUp.size() > 1 ? " and others" : "");
    }
    return torn.isEmpty()
        ? null
        : "bytes %d to %d, which a client was cut off from writing again"
            .formatted(torn.first(), torn.firstEnd() - 1);
  }
}
