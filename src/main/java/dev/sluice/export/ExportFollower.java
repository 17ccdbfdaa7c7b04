package dev.sluice.export;

import dev.sluice.stream.StreamListener;

/** Follows exports from their making to their end. */
public interface ExportFollower {

  /** Follows none. */
  ExportFollower NONE = spec -> status -> {};

  /**
   * An export is made, by the current thread.
   *
   * @return who is told of each change of its stream's state; the last is its end
   */
  StreamListener follow(ExportSpec spec);
}
