package dev.sluice.nbd.transmission;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The results of requests: 32 bits on the wire, the same on every platform.
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
  /** Out of memory; to be avoided. */
  ENOMEM(12),
  /** The request is invalid. */
  EINVAL(22),
  /** A write beyond the end, or no space left. */
  ENOSPC(28),
  /** Too large for one reply. */
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

  /** Returns the number on the wire. */
  public int code() {
    return code;
  }

  /** Returns the error with this number; empty if it is unknown. */
  public static Optional<NbdError> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
