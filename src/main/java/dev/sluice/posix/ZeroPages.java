package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A block of zeroes, which is never written to. Any number of zeroes can be sent from it. */
public final class ZeroPages {

  private static final long BLOCK = 1 << 20;
  private static final long PAGE = 4096;
  private static final MemorySegment ZEROES = Arena.global().allocate(BLOCK, PAGE).asReadOnly();

  private ZeroPages() {}

  /**
   * Lends zeroes to a pipe without copying; returns the number of bytes, or {@link
   * Posix#WOULD_BLOCK}.
   */
  public static long lend(int pipe, long count) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vector = arena.allocate(16, 8);
      vector.set(ADDRESS, 0, ZEROES);
      vector.set(JAVA_LONG, 8, Math.min(count, BLOCK));
      return Posix.vmsplice(pipe, vector);
    }
  }

  /** Writes zeroes; returns the number of bytes, or {@link Posix#WOULD_BLOCK}. */
  public static long write(int fd, long count) throws ErrnoException {
    return Posix.write(fd, ZEROES.asSlice(0, Math.min(count, BLOCK)));
  }
}
