package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Queries terminals. */
public final class Terminals {

  private static final long TIOCGWINSZ = 0x5413;

  /** The size of struct winsize: rows, columns, and two unused fields. */
  private static final int SIZE_BYTES = 8;

  private static final int COLUMNS_OFFSET = 2;

  /** Columns of a terminal that does not know its width, such as a serial line. */
  private static final int USUAL_COLUMNS = 80;

  private static final CFunction IOCTL = CFunction.intVariadic("ioctl", 2, 3);

  private Terminals() {}

  /** Returns the columns of the terminal of a descriptor; 0 if that is no terminal. */
  public static int columns(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(SIZE_BYTES, Short.BYTES);
      CLibrary.call("ioctl", state -> IOCTL.invoke(state, descriptor, TIOCGWINSZ, address(size)));
      int columns = Short.toUnsignedInt(size.get(JAVA_SHORT, COLUMNS_OFFSET));
      return columns == 0 ? USUAL_COLUMNS : columns;
    } catch (ErrnoException e) {
      return 0;
    }
  }
}
