package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads symbolic links as text (readlinkat(2)). */
final class SymbolicLinks {

  /** The longest target that Linux returns. */
  private static final int MAX_PATH_BYTES = 4096;

  private static final CFunction READLINKAT = CFunction.longFunction("readlinkat", 4);

  private SymbolicLinks() {}

  /**
   * Returns the target of a symbolic link.
   *
   * @throws ErrnoException EILSEQ if it is not in UTF-8
   */
  static String target(String link) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(link);
      MemorySegment target = arena.allocate(MAX_PATH_BYTES);
      long length =
          CLibrary.call(
              "readlink",
              state ->
                  READLINKAT.invoke(
                      state, Openat.AT_FDCWD, address(name), address(target), target.byteSize()));
      byte[] bytes = target.asSlice(0, length).toArray(JAVA_BYTE);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        throw new ErrnoException("readlink", Errno.EILSEQ);
      }
      return text;
    }
  }
}
