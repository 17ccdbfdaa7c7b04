package dev.sluice.journal;

import org.jspecify.annotations.Nullable;

/**
 * What a journal knows of one thing, from before this start.
 *
 * @param id whose
 * @param spec the last text of kind {@link RecordKind#SPEC}
 * @param state the last text of a kind about how it went on, if there is one
 * @param begun whether it has begun
 * @param ended whether it has ended
 */
public record Entry(String id, String spec, @Nullable String state, boolean begun, boolean ended) {

  /** One that nothing is known of. */
  static Entry of(String id) {
    return new Entry(id, "", null, false, false);
  }

  /** The same after one more record. */
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
