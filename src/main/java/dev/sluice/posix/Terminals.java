package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What Linux knows of terminals. */
public final class Terminals {

  private static final long TIOCGWINSZ = 0x5413;

  /** struct winsize: rows, columns, and two that nobody uses. */
  private static final int SIZE_BYTES = 8;

  private static final int COLUMNS_OFFSET = 2;

  /** What is assumed of a terminal that does not know how wide it is, as a serial line. */
  private static final int USUAL_COLUMNS = 80;

  private static final CFunction IOCTL = CFunction.intVariadic("ioctl", 2, 3);

  private Terminals() {}

  /** How many letters a line has of the terminal that a descriptor is; 0 if it is none. */
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
