package dev.sluice.cli.streaming;

import dev.sluice.cli.common.UsageException;
import dev.sluice.export.ByteCount;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Direction;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of nbdkit's streaming plugin.
 *
 * @param direction the direction of the bytes
 * @param pipe the name of a FIFO or socket, as it was typed; {@code -} is standard input or output
 * @param size the stream's size; empty if unknown
 */
record PipeParameters(Direction direction, String pipe, OptionalLong size) {

  private static final String STANDARD = "-";

  /**
   * Parses the parameters.
   *
   * @param words such as {@code write=./pipe} and {@code size=1G}
   */
  static PipeParameters of(List<String> words) {
    @Nullable Direction direction = null;
    String pipe = "";
    OptionalLong size = OptionalLong.empty();
    for (String word : words) {
      int end = word.indexOf('=');
      if (end < 0) {
        throw new UsageException("expected key=value after streaming, but got: " + word);
      }
      String key = word.substring(0, end);
      String value = word.substring(end + 1);
      switch (key) {
        case "write", "pipe", "read" -> {
          if (direction != null) {
            throw new UsageException(
                "expected one of read=, write= and pipe=, once, but got two of them");
          }
          direction = key.equals("read") ? Direction.READ : Direction.WRITE;
          pipe = value;
        }
        case "size" ->
            size = OptionalLong.of(StreamOptions.parse(key, value, ByteCount.SIZE::parse));
        default ->
            throw new UsageException(
                "unknown parameter '%s'; expected read, write, pipe or size".formatted(key));
      }
    }
    if (direction == null) {
      throw new UsageException("expected read=PIPE or write=PIPE after streaming");
    }
    if (pipe.isEmpty()) {
      throw new UsageException("no pipe is named after the =");
    }
    return new PipeParameters(direction, pipe, size);
  }

  /** Returns whether the pipe is this process's standard input or output. */
  boolean isStandard() {
    return pipe.equals(STANDARD);
  }

  /** Returns the path of the pipe; for standard input or output, its path in {@code /dev}. */
  FilePath path() {
    return isStandard()
        ? new FilePath(direction == Direction.WRITE ? "/dev/stdout" : "/dev/stdin")
        : PipePath.of(pipe);
  }
}
