package dev.sluice.export;

import dev.sluice.stream.StreamListener;

/** Follows exports from their creation to their end. */
public interface ExportFollower {

  /** Follows none. */
  ExportFollower NONE = spec -> status -> {};

  /**
   * Called by the thread that creates an export.
   *
   * @return the listener for changes of its stream's state; the last change is the end
   */
  StreamListener follow(ExportSpec spec);
}
