package dev.sluice.posix;

import java.util.function.Consumer;

/**
 * Reports what any process does with files, also from within a container. It never blocks. Not
 * thread-safe, except for {@link #number()}.
 */
public sealed interface FileEvents extends AutoCloseable permits Inotify, Fanotify {

  /** The file's attributes have changed, such as its number of links. */
  int ATTRIBUTES = 0x4;

  /** A descriptor that could write was closed. */
  int CLOSED_WRITABLE = 0x8;

  /** A descriptor that could only read was closed. */
  int CLOSED_READABLE = 0x10;

  /** The file was opened. */
  int OPENED = 0x20;

  /** The file was renamed. */
  int MOVED = 0x800;

  /** Events were lost, of any file that this instance watches. The event has no watch. */
  int OVERFLOW = 0x4000;

  /**
   * An event.
   *
   * @param watch the number of the watch, or -1
   * @param mask constants of this interface
   * @param name the name in the watched folder; empty if the event is about the watched file itself
   */
  record Event(int watch, int mask, String name) {

    /** Returns whether it comes from the watch of a folder. */
    public boolean isInFolder() {
      return !name.isEmpty();
    }

    /** Returns whether one of these bits is set. */
    public boolean has(int bits) {
      return (mask & bits) != 0;
    }
  }

  /** Returns the descriptor to poll for {@link PollSet#READABLE}; -1 once closed. */
  int number();

  /**
   * Watches the file of a descriptor, which has to stay open until the watch ends.
   *
   * @param mask constants of this interface
   * @return the number of the watch, which is the same for the same file
   * @throws ErrnoException EACCES without permission to read the file; ENOSPC if there are too many
   *     watches
   */
  int watch(Descriptor file, int mask) throws ErrnoException;

  /** Ends a watch. Events that were queued before may still come. */
  void unwatch(int watch);

  /** Passes on all events up to now. */
  void drain(Consumer<Event> to) throws ErrnoException;

  @Override
  void close();
}
