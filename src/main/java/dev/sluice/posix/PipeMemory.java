package dev.sluice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What pipes may be widened by, all of them together. Linux has a soft limit for the pipes of an
 * ordinary user, fs.pipe-user-pages-soft: beyond it every new pipe of that user, those of other
 * programs included, has two pages. So half of it is left to others, and the less is left the
 * smaller are the steps. Thread-safe.
 */
public final class PipeMemory {

  /** That of this process. */
  public static final PipeMemory SHARED = new PipeMemory(limitOfUser());

  /** The default of fs.pipe-max-size. */
  static final int WIDEST = 1 << 20;

  /** What a pipe has by itself. */
  static final int NARROWEST = 1 << 16;

  /** A pipe takes no more than this part of what is left. */
  private static final int PART = 8;

  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_SYS_RESOURCE = 24;

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

  private static long limitOfUser() {
    try {
      long pages =
          Long.parseLong(Files.readString(Path.of("/proc/sys/fs/pipe-user-pages-soft")).strip());
      return pages == 0 || isPrivileged() ? Long.MAX_VALUE : pages * Posix.pageSize() / 2;
    } catch (IOException | NumberFormatException e) {
      return isPrivileged() ? Long.MAX_VALUE : 0;
    }
  }

  /** Whether Linux has no limit for this process: a capability in the first user namespace. */
  private static boolean isPrivileged() {
    try {
      String all = "4294967295";
      List<String> ids =
          List.of(Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+"));
      long capabilities =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("CapEff:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
              .findFirst()
              .orElse(0);
      long either = 1L << CAP_SYS_ADMIN | 1L << CAP_SYS_RESOURCE;
      return ids.equals(List.of("0", "0", all)) && (capabilities & either) != 0;
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }
}
