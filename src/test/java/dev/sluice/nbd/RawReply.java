package dev.sluice.nbd;

import java.util.List;

/**
 * A whole reply where chunks were agreed on.
 *
 * @param chunks its chunks, of which only the last is marked; none in a simple reply
 * @param simpleError the error of a simple reply
 */
public record RawReply(long cookie, List<RawChunk> chunks, int simpleError) {

  public boolean isSimple() {
    return chunks.isEmpty();
  }

  /** The error it ends with, or 0. */
  public int error() {
    return isSimple()
        ? simpleError
        : chunks.stream().filter(RawChunk::isError).mapToInt(RawChunk::error).findFirst().orElse(0);
  }

  /** The chunk with the error. */
  public RawChunk errorChunk() {
    return chunks.stream().filter(RawChunk::isError).findFirst().orElseThrow();
  }

  public List<Integer> types() {
    return chunks.stream().map(RawChunk::type).toList();
  }

  /** The status in a context. */
  public List<RawChunk.Stretch> status(int context) {
    return chunks.stream()
        .filter(chunk -> chunk.context() == context)
        .findFirst()
        .orElseThrow()
        .stretches();
  }

  /**
   * Puts a read's content together, and checks that it is all there, once.
   *
   * @throws IllegalStateException if it is not
   */
  public byte[] content(long offset, int length) {
    byte[] content = new byte[length];
    boolean[] seen = new boolean[length];
    for (RawChunk chunk : chunks) {
      if (chunk.type() != RawChunk.DATA && chunk.type() != RawChunk.HOLE) {
        continue;
      }
      int at = Math.toIntExact(chunk.contentOffset() - offset);
      int count = Math.toIntExact(chunk.contentLength());
      for (int i = at; i < at + count; i++) {
        if (seen[i]) {
          throw new IllegalStateException("byte %d came twice".formatted(i));
        }
        seen[i] = true;
      }
      if (chunk.type() == RawChunk.DATA) {
        System.arraycopy(chunk.payload(), 8, content, at, count);
      } else if (count == 0) {
        throw new IllegalStateException("a hole of no bytes");
      }
    }
    for (int i = 0; i < length; i++) {
      if (!seen[i]) {
        throw new IllegalStateException("byte %d of %d did not come".formatted(i, length));
      }
    }
    return content;
  }
}
