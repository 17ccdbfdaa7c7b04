package dev.sluice.nbd.handshake;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The options that the specification defines: 32 bits on the wire. {@link Option} has those that
 * are supported.
 *
 * <p>Section "Option types".
 */
public enum OptionCode {
  EXPORT_NAME(1),
  ABORT(2),
  LIST(3),
  PEEK_EXPORT(4),
  STARTTLS(5),
  INFO(6),
  GO(7),
  STRUCTURED_REPLY(8),
  LIST_META_CONTEXT(9),
  SET_META_CONTEXT(10),
  EXTENDED_HEADERS(11);

  private static final Map<Integer, OptionCode> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(OptionCode::code, Function.identity()));

  private final int code;

  OptionCode(int code) {
    this.code = code;
  }

  /** Returns the number on the wire. */
  public int code() {
    return code;
  }

  /** Returns the option with this number; empty if it is unknown, which is no protocol error. */
  public static Optional<OptionCode> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
