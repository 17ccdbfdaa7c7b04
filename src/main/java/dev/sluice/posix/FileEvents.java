package dev.sluice.posix;

import java.util.function.Consumer;

/**
 * Tells what any process does with files, those in containers included. It never blocks. Not
 * thread-safe, except for {@link #number()}.
 */
public sealed interface FileEvents extends AutoCloseable permits Inotify, Fanotify {

  /** The file's attributes have changed, the number of its names included. */
  int ATTRIBUTES = 0x4;

  /** Somebody closed it who could write. */
  int CLOSED_WRITABLE = 0x8;

  /** Somebody closed it who could only read. */
  int CLOSED_READABLE = 0x10;

  /** Somebody opened it. */
  int OPENED = 0x20;

  /** The file itself got another name. */
  int MOVED = 0x800;

  /** Events were lost, of any file of this instance; the event has no watch. */
  int OVERFLOW = 0x4000;

  /**
   * What happened.
   *
   * @param watch the number of the watch, or -1
   * @param mask this class's constants
   * @param name the name within the folder that is watched; empty if it is the file itself
   */
  record Event(int watch, int mask, String name) {

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
  int number();

  /**
   * Watches what a descriptor stands for, which has to stay open until the watch ends.
   *
   * @param mask of this interface's constants
   * @return the watch's number; the same one again for the same file
   * @throws ErrnoException EACCES without permission to read it; ENOSPC where there are as many
   *     watches as there may be
   */
  int watch(Descriptor file, int mask) throws ErrnoException;

  /** Ends a watch; what was queued of it may still come. */
  void unwatch(int watch);

  /** Passes on everything that has happened up to now. */
  void drain(Consumer<Event> to) throws ErrnoException;

  @Override
  void close();
}
