package dev.sluice.journal;

import org.jspecify.annotations.Nullable;

/**
 * What a journal knows of one subject from earlier runs.
 *
 * @param id the subject's id
 * @param spec the text of its last {@link RecordKind#SPEC} record
 * @param state the text of its last STATE, BEGUN or END record; null if there is none
 * @param begun whether it has begun
 * @param ended whether it has ended
 */
public record Entry(String id, String spec, @Nullable String state, boolean begun, boolean ended) {

  /** Creates an entry without records. */
  static Entry of(String id) {
    return new Entry(id, "", null, false, false);
  }

  /** Returns the entry after one more record. */
  Entry with(RecordKind kind, String text) {
    return switch (kind) {
      case SPEC -> new Entry(id, text, state, begun, ended);
      case STATE -> new Entry(id, spec, text, begun, ended);
      case BEGUN -> new Entry(id, spec, text, true, ended);
      case END -> new Entry(id, spec, text, begun, true);
      case REMOVED -> throw new IllegalArgumentException("nothing is left of what was removed");
    };
  }
}
