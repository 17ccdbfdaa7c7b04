package dev.sluice.cli.remote;

import dev.sluice.cli.common.UsageException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The words after {@code create}: those of {@code sluice streaming}, and a name.
 *
 * @param name none: the service makes one
 * @param direction as the service calls it
 * @param path where the endpoint is, on the service's machine
 * @param size as it was typed
 */
record ExportWords(Optional<String> name, String direction, String path, Optional<String> size) {

  /** Reads them, in any order. */
  static ExportWords of(List<String> words) {
    @Nullable String name = null;
    @Nullable String direction = null;
    @Nullable String size = null;
    String path = "";
    for (String word : words) {
      int end = word.indexOf('=');
      String key = end < 0 ? "" : word.substring(0, end);
      String value = word.substring(end + 1);
      switch (key) {
        case "" -> {
          if (end == 0 || name != null) {
            throw new UsageException("expected one NAME, but got '%s', too".formatted(word));
          }
          name = word;
        }
        case "write", "pipe", "read" -> {
          if (direction != null) {
            throw new UsageException(
                "expected one of read=, write= and pipe=, once, but got two of them");
          }
          direction = key.equals("read") ? "read" : "write";
          path = value;
        }
        case "size" -> size = value;
        default ->
            throw new UsageException(
                "unknown parameter '%s'; expected read, write, pipe or size".formatted(key));
      }
    }
    if (direction == null || path.isEmpty()) {
      throw new UsageException("expected read=PATH or write=PATH");
    }
    return new ExportWords(Optional.ofNullable(name), direction, path, Optional.ofNullable(size));
  }
}
