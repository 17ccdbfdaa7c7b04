package dev.sluice.nbd.transmission;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import java.util.List;

/**
 * A part of a reply. All chunks of one reply bear the request's cookie, and the last is marked.
 *
 * <p>Sections "Structured reply chunk message", "Extended reply chunk message" and "Structured
 * reply types"; {@link ChunkEncoder} writes them.
 */
public sealed interface Chunk {

  /** Nothing more: every chunk before has said all. Always the last. */
  record End() implements Chunk {}

  /** So many bytes of the export, at least 1, which follow the encoded chunk. */
  record Data(long offset, long length) implements Chunk {}

  /** So many bytes of the export, 1 to 2^32 - 1, are zero; nothing follows. */
  record Hole(long offset, long length) implements Chunk {}

  /** What one context says of the bytes from the request's offset on: at least one extent. */
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

  /** The request failed; the message is for people. */
  record Failure(NbdError error, String message) implements Chunk {}

  /** The request failed at this offset; what was sent before it is good. */
  record FailureAt(NbdError error, String message, long offset) implements Chunk {}
}
