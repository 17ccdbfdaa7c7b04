package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * An inotify(7) instance. Linux merges an event with the unread one before it if the two are equal.
 */
public final class Inotify implements FileEvents {

  private static final int NONBLOCK_CLOEXEC = 0x80800;
  private static final int HEADER = 16;
  private static final long BUFFER = 1 << 14;
  private static final long ALIGNMENT = 4;

  private static final CFunction INIT = CFunction.intFunction("inotify_init1", 1);
  private static final CFunction ADD = CFunction.intFunction("inotify_add_watch", 3);
  private static final CFunction REMOVE = CFunction.intFunction("inotify_rm_watch", 2);

  private final Descriptor descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER, ALIGNMENT);

  /**
   * Creates an instance without watches.
   *
   * @throws ErrnoException EMFILE beyond fs.inotify.max_user_instances
   */
  public Inotify() throws ErrnoException {
    boolean made = false;
    try {
      descriptor =
          new Descriptor(
              (int) CLibrary.call("inotify_init1", state -> INIT.invoke(state, NONBLOCK_CLOEXEC)));
      made = true;
    } finally {
      if (!made) {
        arena.close();
      }
    }
  }

  @Override
  public int number() {
    return descriptor.number();
  }

  @Override
  public int watch(Descriptor file, int mask) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(PosixFiles.pathOf(file.number()));
      return (int)
          CLibrary.call(
              "inotify_add_watch",
              state -> ADD.invoke(state, descriptor.number(), address(name), mask));
    }
  }

  @Override
  public void unwatch(int watch) {
    try {
      CLibrary.call("inotify_rm_watch", state -> REMOVE.invoke(state, descriptor.number(), watch));
    } catch (ErrnoException e) {
      // Linux has ended the watch already, because the file is gone.
    }
  }

  @Override
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
