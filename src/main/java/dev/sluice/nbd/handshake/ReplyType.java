package dev.sluice.nbd.handshake;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The types of replies to options: 32 bits on the wire. The highest bit marks an error.
 *
 * <p>Section "Option reply types".
 */
public enum ReplyType {
  ACK(1),
  SERVER(2),
  INFO(3),
  META_CONTEXT(4),
  /** The server does not know the option. */
  ERR_UNSUP(ReplyType.ERROR | 1),
  /** The server knows the option, but does not permit it. */
  ERR_POLICY(ReplyType.ERROR | 2),
  /** The option is malformed, or out of place. */
  ERR_INVALID(ReplyType.ERROR | 3),
  /** The server could serve the option on another platform or build. */
  ERR_PLATFORM(ReplyType.ERROR | 4),
  /** The client must start TLS first. */
  ERR_TLS_REQD(ReplyType.ERROR | 5),
  /** There is no such export. */
  ERR_UNKNOWN(ReplyType.ERROR | 6),
  /** The server is going away. */
  ERR_SHUTDOWN(ReplyType.ERROR | 7),
  /** The client must ask for the block sizes first. */
  ERR_BLOCK_SIZE_REQD(ReplyType.ERROR | 8),
  /** The option or its answer is too large. */
  ERR_TOO_BIG(ReplyType.ERROR | 9),
  /** The client must negotiate extended headers first (experimental extension). */
  ERR_EXT_HEADER_REQD(ReplyType.ERROR | 10);

  private static final int ERROR = 1 << 31;

  private static final Map<Integer, ReplyType> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(ReplyType::code, Function.identity()));

  private final int code;

  ReplyType(int code) {
    this.code = code;
  }

  /** Returns the number on the wire. Errors are negative as a Java {@code int}. */
  public int code() {
    return code;
  }

  /** Returns whether it is an error. */
  public boolean isError() {
    return (code & ERROR) != 0;
  }

  /** Returns the reply type with this number; empty if it is unknown. */
  public static Optional<ReplyType> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
