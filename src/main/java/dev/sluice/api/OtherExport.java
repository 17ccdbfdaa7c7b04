package dev.sluice.api;

import dev.sluice.stream.StreamStatus;

/** An export that this service shares with other pods, as it is known here. Immutable. */
public interface OtherExport {

  /** Returns the view with all fields. */
  ExportView view();

  /** Returns the view for callers who may not see the names of exports. */
  ExportView withoutName();

  /**
   * Returns whether this takes precedence over this service's own export of that id.
   *
   * @param local the status of that export
   */
  boolean countsBefore(StreamStatus local);

  /** Returns whether this is listed even if this service has no export of that id. */
  boolean isThereAlone();
}
