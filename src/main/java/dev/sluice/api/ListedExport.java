package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

/**
 * An export in a list.
 *
 * @param source the state from which the view was made; an equal source has an equal view
 * @param json the serialized view if the export has ended, so that it no longer changes; null
 *     otherwise
 */
record ListedExport(ExportView view, Object source, @Nullable RawValue json) {

  /** Returns what Jackson serializes instead of this record. */
  @JsonValue
  Object written() {
    return json == null ? view : json;
  }
}
