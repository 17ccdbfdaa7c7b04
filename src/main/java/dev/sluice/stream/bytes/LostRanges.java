package dev.sluice.stream.bytes;

import dev.sluice.stream.window.Ranges;
import dev.sluice.stream.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * What clients have written, and is not there as they wrote it: it has to be written again. Guarded
 * by the stream's lock.
 */
final class LostRanges {

  /** The most ranges of a kind; of more, one is made of all, which errs on the loud side. */
  private static final int MOST = 65_536;

  /** What requests were to replace that were cut off: old bytes, new ones, or some of both. */
  private final Ranges torn = new Ranges();

  /** What clients had written and nobody went on with in time, and is not there any more. */
  private final Ranges givenUp = new Ranges();

  /** A request that would have replaced bytes of a range was cut off. */
  void tear(long from, long end) {
    torn.add(from, end);
    torn.collapseAbove(MOST);
  }

  /** A range is there as a client wrote it. */
  void mend(long from, long end) {
    torn.remove(from, end);
    givenUp.remove(from, end);
  }

  /** Drops what a window keeps in shared memory. */
  void giveUp(Window window) {
    window.dropShared(givenUp);
    givenUp.collapseAbove(MOST);
  }

  boolean hasGivenUp() {
    return !givenUp.isEmpty();
  }

  /** Where the first of them begin from an offset on. */
  long firstFrom(long offset) {
    return Math.min(torn.firstFrom(offset), givenUp.firstFrom(offset));
  }

  /** The same for those that a request was cut off from replacing. */
  long firstTornFrom(long offset) {
    return torn.firstFrom(offset);
  }

  /** Where those end that begin at an offset; the offset itself if none do. */
  long endFrom(long offset) {
    return Math.max(torn.endFrom(offset), givenUp.endFrom(offset));
  }

  /** The first of them in words; null if there are none. */
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
