package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A poll(2) of a few descriptors. Confined to the thread that created it. */
public final class PollSet implements AutoCloseable {

  /** There is data to read, or the end of input. */
  public static final int READABLE = 0x1;

  /** There is room to write. */
  public static final int WRITABLE = 0x4;

  /** An error; for the write end of a pipe, there is no reader. Always reported. */
  public static final int ERROR = 0x8;

  /** The far end hung up. Always reported. */
  public static final int HANGUP = 0x10;

  /** The far end of a socket sends nothing more (Linux's POLLRDHUP). */
  public static final int READ_HANGUP = 0x2000;

  private static final int NOT_OPEN = 0x20;
  private static final int ENTRY_SIZE = 8;

  private static final CFunction POLL = CFunction.intFunction("poll", 3);

  private final Arena arena = Arena.ofConfined();
  private final int capacity;
  private final MemorySegment entries;

  /** Creates a set for this many descriptors. */
  public PollSet(int capacity) {
    this.capacity = capacity;
    this.entries = arena.allocate((long) capacity * ENTRY_SIZE, 4);
    for (int i = 0; i < capacity; i++) {
      set(i, -1, 0);
    }
  }

  /**
   * Sets the descriptor and the events to wait for at an index. A negative descriptor is ignored.
   */
  public void set(int index, int fd, int events) {
    entries.set(JAVA_INT, (long) index * ENTRY_SIZE, fd);
    entries.set(JAVA_SHORT, (long) index * ENTRY_SIZE + 4, (short) events);
  }

  /**
   * Waits for an event.
   *
   * @param timeoutMillis the time in milliseconds; -1 waits forever
   * @return false after a timeout
   */
  public boolean await(int timeoutMillis) throws ErrnoException {
    return CLibrary.call(
            "poll", state -> POLL.invoke(state, address(entries), capacity, timeoutMillis))
        > 0;
  }

  /** Returns the events at an index, as bits. A closed descriptor counts as an error. */
  public int events(int index) {
    int events = Short.toUnsignedInt(entries.get(JAVA_SHORT, (long) index * ENTRY_SIZE + 6));
    return (events & NOT_OPEN) == 0 ? events : events | ERROR;
  }

  @Override
  public void close() {
    arena.close();
  }
}
