package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

/**
 * An export in a list of them.
 *
 * @param source of what it was made: if that is the same, so is this
 * @param json how it is written, if it has ended and so does not change; null otherwise
 */
record ListedExport(ExportView view, Object source, @Nullable RawValue json) {

  /** What Jackson writes in place of this. */
  @JsonValue
  Object written() {
    return json == null ? view : json;
  }
}
