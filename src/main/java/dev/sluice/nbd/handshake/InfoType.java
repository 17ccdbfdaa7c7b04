package dev.sluice.nbd.handshake;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Kinds of information about an export: 16 bits on the wire.
 *
 * <p>Section "Option reply types", under {@code NBD_REP_INFO}.
 */
public enum InfoType {
  /** Size and transmission flags; always sent. */
  EXPORT(0),
  /** The server's name for the export. */
  NAME(1),
  /** A description for people. */
  DESCRIPTION(2),
  /** The smallest and the preferred block, and the largest payload. */
  BLOCK_SIZE(3);

  private static final Map<Integer, InfoType> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(InfoType::code, Function.identity()));

  private final int code;

  InfoType(int code) {
    this.code = code;
  }

  /** Returns the number on the wire. */
  public int code() {
    return code;
  }

  /** Returns the kind with this number; empty if it is unknown. */
  public static Optional<InfoType> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
