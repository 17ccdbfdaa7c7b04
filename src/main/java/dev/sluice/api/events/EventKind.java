package dev.sluice.api.events;

import java.util.Locale;

/** The kind of an event. Its type in the stream is the word in lower case. */
enum EventKind {
  /** An export is new, or its state has changed. The data is the whole export. */
  EXPORT,
  /** Only its counters have changed. The data is those counters. */
  PROGRESS,
  /** It was deleted, or is no longer remembered. The data is its last view. */
  DELETED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
