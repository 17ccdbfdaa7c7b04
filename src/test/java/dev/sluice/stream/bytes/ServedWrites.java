package dev.sluice.stream.bytes;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last write requests that were served, for a model of what may be sent again. */
final class ServedWrites {

  private static final int MOST = 64;

  /**
   * A request that was served, or broke off.
   *
   * @param by who sent it; null once that client has left without a goodbye
   * @param end up to where its bytes were taken
   */
  record Served(int from, int length, boolean zeroes, @Nullable Writer by, int end) {

    private boolean overlaps(int start, int stop) {
      return from < stop && start < from + length;
    }
  }

  private final List<Served> last = new ArrayList<>();

  /** All that are remembered, the last one at the end. */
  List<Served> all() {
    return last;
  }

  void add(Writer by, int from, int length, boolean zeroes, int end) {
    last.removeIf(one -> one.overlaps(from, from + length));
    last.add(new Served(from, length, zeroes, by, end));
    if (last.size() > MOST) {
      last.removeFirst();
    }
  }

  /** Whether another client that is there has written within a range. */
  boolean hasOthers(Writer writer, int from, int to) {
    return last.stream()
        .anyMatch(one -> one.by != null && one.by != writer && one.overlaps(from, to));
  }

  /** The last one that was added had no room after all. */
  void refuseLast() {
    Served one = last.removeLast();
    last.add(new Served(one.from, one.length, one.zeroes, one.by, one.from));
  }

  void leave(Writer writer, boolean properly) {
    if (properly) {
      last.removeIf(one -> one.by == writer);
    }
    last.replaceAll(
        one ->
            one.by == writer ? new Served(one.from, one.length, one.zeroes, null, one.end) : one);
  }

  /** Whether a request, whose part below an offset the peer has, was served for one who is gone. */
  boolean mayComeAgain(int from, int length, boolean zeroes, int below) {
    return from > 0
        && last.stream()
            .anyMatch(
                one ->
                    one.from == from
                        && one.length == length
                        && one.zeroes == zeroes
                        && one.by == null
                        && one.end >= below);
  }
}
