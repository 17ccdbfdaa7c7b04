package dev.sluice.stream.window;

import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamExtent.Content;
import java.util.ArrayList;
import java.util.List;

/** Consecutive extents. Neighbours with the same content are merged. */
public final class ExtentList {

  private final int most;
  private final List<StreamExtent> extents = new ArrayList<>();

  /**
   * Creates an empty list.
   *
   * @param most the most extents that {@link #asList} returns; those after them are dropped
   */
  public ExtentList(int most) {
    this.most = most;
  }

  /** Appends a range, which may be empty. It has to begin where the last one ended. */
  public void add(long from, long to, Content content) {
    if (from >= to) {
      return;
    }
    if (!extents.isEmpty() && extents.getLast().content() == content) {
      extents.add(new StreamExtent(extents.removeLast().length() + to - from, content));
    } else if (extents.size() <= most) {
      extents.add(new StreamExtent(to - from, content));
    }
  }

  public int most() {
    return most;
  }

  /** Returns whether further ranges can no longer change the result. */
  public boolean isFull() {
    return extents.size() > most;
  }

  public List<StreamExtent> asList() {
    return List.copyOf(extents.subList(0, Math.min(most, extents.size())));
  }
}
