package dev.sluice.api;

import dev.sluice.stream.StreamStatus;

/** What this service knows of an export that it shares with other services. Immutable. */
public interface OtherExport {

  /** All that there is to see. */
  ExportView view();

  /** What whoever may not see the names of exports may see of it. */
  ExportView withoutName();

  /** Whether this is so, and not what this service itself has to say of its export of that id. */
  boolean countsBefore(StreamStatus local);

  /** Whether it is there although this service has no export of that id. */
  boolean isThereAlone();
}
