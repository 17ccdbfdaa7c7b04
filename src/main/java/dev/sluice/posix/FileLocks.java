package dev.sluice.posix;

import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Finds the holders of file locks (proc_locks(5)). */
public final class FileLocks {

  private static final Path LOCKS = Path.of("/proc/locks");

  private FileLocks() {}

  /**
   * Returns the process that has locked a file with flock(2); empty if it cannot be seen from here,
   * such as from within a container.
   */
  public static OptionalLong holder(FileStatus file) {
    String its =
        "%02x:%02x:%d".formatted(file.device() >>> 32, file.device() & 0xffff_ffffL, file.inode());
    try (Stream<String> lines = Files.lines(LOCKS)) {
      // "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF"
      return lines
          .map(line -> line.trim().split("\\s+"))
          .filter(words -> words.length > 5 && words[1].equals("FLOCK") && words[5].equals(its))
          .mapToLong(words -> Long.parseLong(words[4]))
          .filter(process -> process > 0)
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Describes the service that holds a lock. */
  public static String describe(OptionalLong process) {
    return process.isPresent()
        ? "another service, process %d,".formatted(process.getAsLong())
        : "another service, whose process cannot be seen from here,";
  }
}
