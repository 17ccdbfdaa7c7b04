package dev.sluice.nbd.transmission;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How a request ended: 32 bits on the wire, the same on every platform.
 *
 * <p>Section "Error values".
 */
public enum NbdError {
  /** No error. */
  SUCCESS(0),
  /** Operation not permitted: the export is read-only. */
  EPERM(1),
  /** Input or output failed. */
  EIO(5),
  /** Out of memory; not to be sent if it can be helped. */
  ENOMEM(12),
  /** The request breaks a rule. */
  EINVAL(22),
  /** A write beyond the end, or no room. */
  ENOSPC(28),
  /** Too large to serve at once. */
  EOVERFLOW(75),
  /** Zeroing would not be fast. */
  ENOTSUP(95),
  /** The server is going away. */
  ESHUTDOWN(108);

  private static final Map<Integer, NbdError> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(NbdError::code, Function.identity()));

  private final int code;

  NbdError(int code) {
    this.code = code;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** The error with this number, or nothing. */
  public static Optional<NbdError> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
