package dev.sluice.nbd.transmission;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The commands of requests: 16 bits on the wire.
 *
 * <p>Section "Request types".
 */
public enum Command {
  READ(0),
  WRITE(1),
  DISC(2),
  FLUSH(3),
  TRIM(4),
  CACHE(5),
  WRITE_ZEROES(6),
  BLOCK_STATUS(7),
  /** Experimental extension; never served. */
  RESIZE(8);

  private static final Map<Integer, Command> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(Command::code, Function.identity()));

  private final int code;

  Command(int code) {
    this.code = code;
  }

  /** Returns the number on the wire. */
  public int code() {
    return code;
  }

  /** Returns whether it changes the export's content, and so is refused on a read-only export. */
  public boolean writes() {
    return this == WRITE || this == TRIM || this == WRITE_ZEROES;
  }

  /** Returns the command with this number; empty if it is unknown. */
  public static Optional<Command> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
