package dev.sluice.nbd.transmission;

import dev.sluice.nbd.MetaContext;

/**
 * A range of an export that has one status in one {@link MetaContext}.
 *
 * @param length bytes, at least 1
 * @param flags flags that the context defines
 */
public record Extent(long length, int flags) {

  /** Rejects an empty extent, which would let a client make no progress. */
  public Extent {
    if (length <= 0) {
      throw new IllegalArgumentException("extent length: %d (expected: >= 1)".formatted(length));
    }
  }
}
