package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fanotify(7) group, which needs no privilege since Linux 5.13. Linux merges events only if they
 * are of the same process, so events of two processes are always separate. It watches files, not
 * folders.
 *
 * <p>An event identifies its file by a file handle (open_by_handle_at(2)), which this looks up when
 * the watch begins.
 */
public final class Fanotify implements FileEvents {

  private static final int CLOEXEC_NONBLOCK_REPORT_FID = 0x203;
  private static final int MARK_ADD = 0x1;
  private static final int MARK_REMOVE = 0x2;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_HANDLE_FID = 0x200;
  private static final byte INFO_TYPE_FID = 1;
  private static final int INFO_HEADER = 4;
  private static final int FILE_SYSTEM = 8;
  private static final int HANDLE_HEADER = 8;
  private static final int MAX_HANDLE = 128;
  private static final long STATFS = 120;
  private static final long STATFS_ID = 56;
  private static final int LENGTH_AT = 0;
  private static final int HEADER_LENGTH_AT = 6;
  private static final int MASK_AT = 8;
  private static final int NO_WATCH = -1;
  private static final long BUFFER = 1 << 14;

  private static final CFunction INIT = CFunction.intFunction("fanotify_init", 2);
  private static final CFunction MARK = CFunction.intFunction("fanotify_mark", 5);
  private static final CFunction HANDLE = CFunction.intFunction("name_to_handle_at", 5);
  private static final CFunction FSTATFS = CFunction.intFunction("fstatfs", 2);

  private final Descriptor descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
  private final Map<ByteBuffer, Integer> numbers = new HashMap<>();
  private final Map<Integer, Mark> marks = new HashMap<>();
  private int last;

  /**
   * A watched file.
   *
   * @param files descriptors of it, at least one of them open
   */
  private record Mark(ByteBuffer file, long mask, List<Descriptor> files) {}

  private Fanotify(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Creates a group without watches; null if Linux, or a container's seccomp profile, does not
   * permit it.
   */
  public static @Nullable Fanotify ifPermitted() {
    try {
      return new Fanotify(
          new Descriptor(
              (int)
                  CLibrary.call(
                      "fanotify_init",
                      state -> INIT.invoke(state, CLOEXEC_NONBLOCK_REPORT_FID, 0))));
    } catch (ErrnoException e) {
      return null;
    }
  }

  @Override
  public int number() {
    return descriptor.number();
  }

  /**
   * {@inheritDoc}
   *
   * @throws ErrnoException also if the file system has no handles, or this Linux cannot watch it
   */
  @Override
  public int watch(Descriptor file, int mask) throws ErrnoException {
    ByteBuffer found = fileOf(file.number());
    mark(MARK_ADD, mask, file.number());
    int number = numbers.computeIfAbsent(found, _ -> ++last);
    marks.computeIfAbsent(number, _ -> new Mark(found, mask, new ArrayList<>())).files().add(file);
    return number;
  }

  @Override
  public void unwatch(int watch) {
    Mark mark = marks.remove(watch);
    if (mark == null) {
      return;
    }
    numbers.remove(mark.file());
    for (Descriptor file : mark.files()) {
      int open = file.number();
      if (open >= 0) {
        try {
          mark(MARK_REMOVE, mark.mask(), open);
        } catch (ErrnoException e) {
          // Linux has ended the watch already, because the file is gone.
        }
        return;
      }
    }
  }

  private void mark(int flags, long mask, int fd) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(PosixFiles.pathOf(fd));
      CLibrary.call(
          "fanotify_mark",
          state ->
              MARK.invoke(state, descriptor.number(), flags, mask, Openat.AT_FDCWD, address(name)));
    }
  }

  /** Returns the identifier of a file in events: its file system, and its handle there. */
  private static ByteBuffer fileOf(int fd) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment empty = arena.allocateFrom("");
      MemorySegment mount = arena.allocate(JAVA_INT);
      MemorySegment handle = arena.allocate(HANDLE_HEADER + MAX_HANDLE, Integer.BYTES);
      MemorySegment system = arena.allocate(STATFS, Long.BYTES);
      CLibrary.call("fstatfs", state -> FSTATFS.invoke(state, fd, address(system)));
      try {
        find(fd, empty, handle, mount, AT_EMPTY_PATH | AT_HANDLE_FID);
      } catch (ErrnoException e) {
        if (e.errno() != Errno.EINVAL) {
          throw e;
        }
        find(fd, empty, handle, mount, AT_EMPTY_PATH); // Linux before 6.5
      }
      return name(system, STATFS_ID, handle, 0);
    }
  }

  private static void find(
      int fd, MemorySegment empty, MemorySegment handle, MemorySegment mount, int flags)
      throws ErrnoException {
    handle.set(JAVA_INT, 0, MAX_HANDLE);
    CLibrary.call(
        "name_to_handle_at",
        state -> HANDLE.invoke(state, fd, address(empty), address(handle), address(mount), flags));
  }

  private static ByteBuffer name(
      MemorySegment system, long systemAt, MemorySegment handle, long handleAt) {
    int length = HANDLE_HEADER + handle.get(JAVA_INT, handleAt);
    byte[] name = new byte[FILE_SYSTEM + length];
    MemorySegment.copy(system, JAVA_BYTE, systemAt, name, 0, FILE_SYSTEM);
    MemorySegment.copy(handle, JAVA_BYTE, handleAt, name, FILE_SYSTEM, length);
    return ByteBuffer.wrap(name);
  }

  @Override
  public void drain(Consumer<Event> to) throws ErrnoException {
    while (true) {
      long n = Posix.read(descriptor.number(), buffer);
      if (n <= 0) {
        return;
      }
      for (long at = 0; at < n; at += buffer.get(JAVA_INT, at + LENGTH_AT)) {
        int mask = (int) buffer.get(JAVA_LONG_UNALIGNED, at + MASK_AT);
        to.accept(new Event(watchOf(at), mask, ""));
      }
    }
  }

  private int watchOf(long at) {
    long end = at + buffer.get(JAVA_INT, at + LENGTH_AT);
    long info = at + Short.toUnsignedInt(buffer.get(JAVA_SHORT, at + HEADER_LENGTH_AT));
    while (info + INFO_HEADER + FILE_SYSTEM + HANDLE_HEADER <= end) {
      if (buffer.get(JAVA_BYTE, info) == INFO_TYPE_FID) {
        long system = info + INFO_HEADER;
        return numbers.getOrDefault(name(buffer, system, buffer, system + FILE_SYSTEM), NO_WATCH);
      }
      info += Short.toUnsignedInt(buffer.get(JAVA_SHORT, info + 2));
    }
    return NO_WATCH;
  }

  @Override
  public void close() {
    descriptor.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
