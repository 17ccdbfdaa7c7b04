package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.FilePath;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that exports use, each by one export at a time. Guarded by the monitor of the registry
 * that has it.
 */
final class UsedFiles {

  private final Set<UsedFile> files = new HashSet<>();

  /** What an export uses from its making until its stream has let go of the endpoint. */
  record UsedFile(String name, @Nullable FilePath path, Endpoint endpoint) {}

  /** How many there are. */
  int size() {
    return files.size();
  }

  void add(UsedFile file) {
    files.add(file);
  }

  void remove(UsedFile file) {
    files.remove(file);
  }

  /** Throws if there are as many as there may be. */
  void requireFewerThan(int max) {
    if (files.size() >= max) {
      throw ExportException.because(
          ExportException.Reason.FULL,
          ("%d exports have not ended, and sluice.exports.max permits no more;"
                  + " try again when one has ended")
              .formatted(files.size()));
    }
  }

  /** Throws if an export uses this path. */
  void requireFreePath(ExportSpec spec) {
    for (UsedFile file : files) {
      if (file.path() != null && file.path().equals(spec.path())) {
        throw usedBy(file, spec);
      }
    }
  }

  /**
   * Throws if an export uses the same file, perhaps under another name. One that has just ended
   * does not, and what looks like its file may be a new one in the same place of the disk.
   */
  void requireOwnFile(ExportSpec spec, Endpoint endpoint) {
    for (UsedFile file : files) {
      if (file.endpoint().holdsFileOf(endpoint)) {
        throw usedBy(file, spec);
      }
    }
  }

  private static ExportException usedBy(UsedFile file, ExportSpec spec) {
    return ExportException.conflict(
        "path",
        String.valueOf(spec.path()),
        "export %s uses this file until it ends".formatted(file.name()));
  }
}
