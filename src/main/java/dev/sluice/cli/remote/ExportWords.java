package dev.sluice.cli.remote;

import dev.sluice.cli.common.UsageException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The words after {@code create}: the parameters of {@code sluice streaming}, and a name.
 *
 * @param name the name; empty if the service is to choose one
 * @param direction the direction, in the service's words
 * @param path the path of the endpoint on the service's machine
 * @param size the size, as it was typed
 */
record ExportWords(Optional<String> name, String direction, String path, Optional<String> size) {

  /** Parses the words, in any order. */
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
