package dev.sluice.nbd.transmission;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The types of chunks: 16 bits on the wire. The highest bit marks an error.
 *
 * <p>Section "Structured reply types".
 */
public enum ChunkType {
  /** No payload: the end of a reply. */
  NONE(0),
  OFFSET_DATA(1),
  OFFSET_HOLE(2),
  BLOCK_STATUS(5),
  /** Block status with lengths of 64 bits; only with extended headers. */
  BLOCK_STATUS_EXT(6),
  ERROR(ChunkType.ERROR_BIT | 1),
  ERROR_OFFSET(ChunkType.ERROR_BIT | 2);

  private static final int ERROR_BIT = 1 << 15;

  private static final Map<Integer, ChunkType> BY_CODE =
      Stream.of(values()).collect(toUnmodifiableMap(ChunkType::code, Function.identity()));

  private final int code;

  ChunkType(int code) {
    this.code = code;
  }

  /** Returns the number on the wire. */
  public int code() {
    return code;
  }

  /** Returns the chunk type with this number; empty if it is unknown. */
  public static Optional<ChunkType> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
