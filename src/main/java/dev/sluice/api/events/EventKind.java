package dev.sluice.api.events;

import java.util.Locale;

/** What an event is about; its type is the word in lower case. */
enum EventKind {
  /** An export is there, or has another state; the data is the export. */
  EXPORT,
  /** Its counters have changed; the data has them alone. */
  PROGRESS,
  /** It has been deleted, or forgotten; the data is the export as it was at its end. */
  DELETED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
