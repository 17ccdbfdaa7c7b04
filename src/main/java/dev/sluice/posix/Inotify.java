package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * One inotify(7) instance, which tells what any process does with files, those in containers
 * included. It never blocks. Not thread-safe, except for {@link #number()}.
 *
 * <p>Linux joins an event that is equal to the one before it, if that has not been read yet.
 */
public final class Inotify implements AutoCloseable {

  /** The file's attributes have changed, the number of its names included. */
  public static final int ATTRIBUTES = 0x4;

  /** Somebody closed it who could write. */
  public static final int CLOSED_WRITABLE = 0x8;

  /** Somebody closed it who could only read. */
  public static final int CLOSED_READABLE = 0x10;

  /** Somebody opened it. */
  public static final int OPENED = 0x20;

  /** The file itself got another name. */
  public static final int MOVED = 0x800;

  /** Events were lost, of any file of this instance; the event has no watch. */
  public static final int OVERFLOW = 0x4000;

  /** The watch has ended. */
  public static final int IGNORED = 0x8000;

  private static final int NONBLOCK_CLOEXEC = 0x80800;
  private static final int HEADER = 16;
  private static final long BUFFER = 1 << 14;
  private static final long ALIGNMENT = 4;

  private static final MethodHandle INIT =
      CLibrary.function("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD =
      CLibrary.function(
          "inotify_add_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle REMOVE =
      CLibrary.function("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final Descriptor descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER, ALIGNMENT);

  /**
   * An instance without watches.
   *
   * @throws ErrnoException EMFILE beyond fs.inotify.max_user_instances
   */
  public Inotify() throws ErrnoException {
    boolean made = false;
    try {
      descriptor =
          new Descriptor(
              (int)
                  CLibrary.call(
                      "inotify_init1", state -> (int) INIT.invokeExact(state, NONBLOCK_CLOEXEC)));
      made = true;
    } finally {
      if (!made) {
        arena.close();
      }
    }
  }

  /**
   * What happened.
   *
   * @param watch the number of the watch, or -1
   * @param mask this class's constants
   * @param name the name within the folder that is watched; empty if it is the file itself
   */
  public record Event(int watch, int mask, String name) {

    /** Whether it was seen by the watch of a folder. */
    public boolean isInFolder() {
      return !name.isEmpty();
    }

    /** Whether one of these has happened. */
    public boolean has(int bits) {
      return (mask & bits) != 0;
    }
  }

  /** What to poll for {@link PollSet#READABLE}, or -1 once closed. */
  public int number() {
    return descriptor.number();
  }

  /**
   * Watches what a descriptor stands for.
   *
   * @return the watch's number; the same one again for the same file
   * @throws ErrnoException EACCES without permission to read it; ENOSPC beyond
   *     fs.inotify.max_user_watches
   */
  public int watch(int fd, int mask) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(PosixFiles.pathOf(fd));
      return (int)
          CLibrary.call(
              "inotify_add_watch",
              state -> (int) ADD.invokeExact(state, descriptor.number(), name, mask));
    }
  }

  /** Ends a watch; what was queued of it may still come. */
  public void unwatch(int watch) {
    try {
      CLibrary.call(
          "inotify_rm_watch", state -> (int) REMOVE.invokeExact(state, descriptor.number(), watch));
    } catch (ErrnoException e) {
      // Linux has ended it already, as the file has gone.
    }
  }

  /** Passes on everything that has happened up to now. */
  public void drain(Consumer<Event> to) throws ErrnoException {
    while (true) {
      long n = Posix.read(descriptor.number(), buffer);
      if (n <= 0) {
        return;
      }
      for (long at = 0; at < n; ) {
        long length = Integer.toUnsignedLong(buffer.get(JAVA_INT, at + 12));
        to.accept(
            new Event(
                buffer.get(JAVA_INT, at),
                buffer.get(JAVA_INT, at + 4),
                length == 0 ? "" : buffer.getString(at + HEADER, StandardCharsets.UTF_8)));
        at += HEADER + length;
      }
    }
  }

  @Override
  public void close() {
    descriptor.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
