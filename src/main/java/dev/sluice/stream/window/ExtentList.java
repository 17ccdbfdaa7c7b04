package dev.sluice.stream.window;

import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamExtent.Content;
import java.util.ArrayList;
import java.util.List;

/** Consecutive extents, of which neighbours with the same content become one. */
public final class ExtentList {

  private final int most;
  private final List<StreamExtent> extents = new ArrayList<>();

  /**
   * An empty list.
   *
   * @param most how many extents it takes; what would be one more is left out, and all after it
   */
  public ExtentList(int most) {
    this.most = most;
  }

  /** Adds a range, which may be empty, after the last one. */
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

  /** Whether nothing that is added changes the list any more. */
  public boolean isFull() {
    return extents.size() > most;
  }

  public List<StreamExtent> asList() {
    return List.copyOf(extents.subList(0, Math.min(most, extents.size())));
  }
}
