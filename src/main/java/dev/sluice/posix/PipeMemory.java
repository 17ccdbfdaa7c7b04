package dev.sluice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/**
 * What pipes may be widened by, all of them together. Linux has a soft limit for the pipes of an
 * ordinary user, fs.pipe-user-pages-soft: beyond it every new pipe of that user, those of other
 * programs included, has two pages. A FIFO counts for the user that opened it first, so that root
 * can use up the quota of its peers' user, too. So half of it is left to others, whoever this
 * process is, and the less is left the smaller are the steps. Thread-safe.
 */
public final class PipeMemory {

  /** That of this process. */
  public static final PipeMemory SHARED =
      new PipeMemory(half(Path.of("/proc/sys/fs/pipe-user-pages-soft")));

  /** The default of fs.pipe-max-size. */
  static final int WIDEST = 1 << 20;

  /** What a pipe has by itself. */
  static final int NARROWEST = 1 << 16;

  /** A pipe takes no more than this part of what is left. */
  private static final int PART = 8;

  /** What Linux has by itself, in bytes. */
  private static final long DEFAULT_QUOTA = 1L << 26;

  private final long limit;
  private long used;

  PipeMemory(long limit) {
    this.limit = limit;
  }

  /**
   * Widens a pipe as far as it may be.
   *
   * @return what to {@link #giveBack} when it is closed, in bytes
   */
  public long widen(int pipe) throws ErrnoException {
    int wanted = take();
    boolean widened = false;
    try {
      widened = wanted > Posix.capacity(pipe) && Posix.widenPipe(pipe, wanted) >= wanted;
      return widened ? wanted : 0;
    } finally {
      if (!widened) {
        giveBack(wanted);
      }
    }
  }

  /** Takes what the next pipe may have; 0 where it is to stay as it is. */
  synchronized int take() {
    int size = WIDEST;
    while (size > NARROWEST && size > (limit - used) / PART) {
      size /= 2;
    }
    if (size == NARROWEST) {
      return 0;
    }
    used += size;
    return size;
  }

  /** So many bytes are free again. */
  public synchronized void giveBack(long bytes) {
    used -= bytes;
  }

  /** What pipes that were widened have, in bytes. */
  public synchronized long used() {
    return used;
  }

  /** What they may have, in bytes; {@link Long#MAX_VALUE} without a limit. */
  public long limit() {
    return limit;
  }

  private static long half(Path quotaInPages) {
    try {
      // At once: whoever reads such a file byte by byte gets the first one.
      long pages = Long.parseLong(Files.readAllLines(quotaInPages).getFirst());
      return pages == 0 ? Long.MAX_VALUE : pages * Posix.pageSize() / 2;
    } catch (IOException | NumberFormatException | NoSuchElementException e) {
      return DEFAULT_QUOTA / 2;
    }
  }
}
