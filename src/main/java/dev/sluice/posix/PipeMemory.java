package dev.sluice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/**
 * The budget by which this process may widen its pipes. Linux has a soft limit for all pipes of an
 * unprivileged user, fs.pipe-user-pages-soft. Beyond it, every new pipe of that user, also of other
 * programs, has only two pages. A FIFO counts for the user that opened it first, so even root can
 * use up the quota of its peers' user. So half of the quota is left to others, and a pipe gets less
 * the less is left. Thread-safe.
 */
public final class PipeMemory {

  /** The budget of this process. */
  public static final PipeMemory SHARED =
      new PipeMemory(half(Path.of("/proc/sys/fs/pipe-user-pages-soft")));

  /** The widest pipe in bytes: the default of fs.pipe-max-size. */
  static final int WIDEST = 1 << 20;

  /** The capacity of a new pipe in bytes. */
  static final int NARROWEST = 1 << 16;

  /** A pipe gets at most this part of what is left. */
  private static final int PART = 8;

  /** The default of fs.pipe-user-pages-soft, in bytes. */
  private static final long DEFAULT_QUOTA = 1L << 26;

  private final long limit;
  private long used;

  PipeMemory(long limit) {
    this.limit = limit;
  }

  /**
   * Widens a pipe as far as the budget permits.
   *
   * @return bytes to {@link #giveBack} when the pipe is closed
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

  /** Takes the capacity of the next pipe from the budget; 0 if the pipe should stay as it is. */
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

  /** Returns this many bytes to the budget. */
  public synchronized void giveBack(long bytes) {
    used -= bytes;
  }

  /** Returns the bytes that widened pipes have. */
  public synchronized long used() {
    return used;
  }

  /** Returns the budget in bytes; {@link Long#MAX_VALUE} without a limit. */
  public long limit() {
    return limit;
  }

  private static long half(Path quotaInPages) {
    try {
      // Read at once: reads of single bytes would return only the first one.
      long pages = Long.parseLong(Files.readAllLines(quotaInPages).getFirst());
      return pages == 0 ? Long.MAX_VALUE : pages * Posix.pageSize() / 2;
    } catch (IOException | NumberFormatException | NoSuchElementException e) {
      return DEFAULT_QUOTA / 2;
    }
  }
}
