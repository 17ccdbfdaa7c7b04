package dev.sluice.nbd.transmission;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a request asks for: 16 bits on the wire.
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

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** Whether it changes what the export holds, and so is refused on a read-only export. */
  public boolean writes() {
    return this == WRITE || this == TRIM || this == WRITE_ZEROES;
  }

  /** The command with this number, or nothing. */
  public static Optional<Command> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
