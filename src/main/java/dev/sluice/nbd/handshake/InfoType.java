package dev.sluice.nbd.handshake;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a client may ask, and is told, about one export: 16 bits on the wire.
 *
 * <p>Section "Option reply types", under {@code NBD_REP_INFO}.
 */
public enum InfoType {
  /** Size and transmission flags; always told. */
  EXPORT(0),
  /** The name the server goes by for this export. */
  NAME(1),
  /** A text for people. */
  DESCRIPTION(2),
  /** Smallest and preferred block, largest payload. */
  BLOCK_SIZE(3);

  private static final Map<Integer, InfoType> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(InfoType::code, Function.identity()));

  private final int code;

  InfoType(int code) {
    this.code = code;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** The information with this number, or nothing. */
  public static Optional<InfoType> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
