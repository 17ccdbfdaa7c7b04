package dev.sluice.nbd.transmission;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import java.util.List;

/**
 * A part of a reply. All chunks of a reply have the request's cookie, and the last one is marked.
 *
 * <p>Sections "Structured reply chunk message", "Extended reply chunk message" and "Structured
 * reply types"; {@link ChunkEncoder} encodes them.
 */
public sealed interface Chunk {

  /** The end of a reply whose chunks have said everything. Always the last chunk. */
  record End() implements Chunk {}

  /** Data of the export, at least 1 byte. The data itself follows the encoded chunk. */
  record Data(long offset, long length) implements Chunk {}

  /** Zeroes of the export, 1 to 2^32 - 1 bytes, which are not sent. */
  record Hole(long offset, long length) implements Chunk {}

  /**
   * The status of the bytes from the request's offset on in one context, as 1 to {@link
   * Protocol#MAX_EXTENTS} extents.
   */
  record Status(MetaContext context, List<Extent> extents) implements Chunk {

    /** Takes a copy of {@code extents}. */
    public Status {
      extents = List.copyOf(extents);
      if (extents.isEmpty() || extents.size() > Protocol.MAX_EXTENTS) {
        throw new IllegalArgumentException(
            "extents: %d (expected: 1 to %d)".formatted(extents.size(), Protocol.MAX_EXTENTS));
      }
    }
  }

  /** The request failed. The message is for people. */
  record Failure(NbdError error, String message) implements Chunk {}

  /** The request failed at this offset. What was sent before that offset is valid. */
  record FailureAt(NbdError error, String message, long offset) implements Chunk {}
}
