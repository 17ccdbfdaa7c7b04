package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that exports use, each by one export at a time. Guarded by the monitor of the {@link
 * ExportSet} that owns it.
 */
final class UsedFiles {

  private final Map<FilePath, UsedFile> byPath = new HashMap<>();
  private final Map<FileStatus, UsedFile> byFile = new HashMap<>();
  private final Set<UsedFile> all = new HashSet<>();

  /** The file of an export, from the export's creation until its stream has closed the endpoint. */
  record UsedFile(String name, @Nullable FilePath path, Endpoint endpoint) {}

  /** Returns the number of exports that use a file or a pipe. */
  int size() {
    return all.size();
  }

  void add(UsedFile file) {
    all.add(file);
    if (file.path() != null) {
      byPath.put(file.path(), file);
    }
    byFile.put(file.endpoint().identity(), file);
  }

  /** Removes a file. Does nothing if it was removed already. */
  void remove(UsedFile file) {
    all.remove(file);
    if (file.path() != null) {
      byPath.remove(file.path(), file);
    }
    byFile.remove(file.endpoint().identity(), file);
  }

  /** Fails if {@code max} exports have not ended. */
  void requireFewerThan(int max) {
    if (all.size() >= max) {
      throw ExportException.because(
          ExportException.Reason.FULL,
          ("%d exports have not ended, and sluice.exports.max permits no more;"
                  + " try again when one has ended")
              .formatted(all.size()));
    }
  }

  /** Fails if an export uses this path. */
  void requireFreePath(ExportSpec spec) {
    UsedFile file = spec.path() == null ? null : byPath.get(spec.path());
    if (file != null) {
      throw usedBy(file, spec);
    }
  }

  /**
   * Fails if an export uses the same file, perhaps under another name. The file of an export that
   * has just ended does not count: an equal identity may be that of a new file, since file systems
   * reuse inodes.
   */
  void requireOwnFile(ExportSpec spec, Endpoint endpoint) {
    UsedFile file = byFile.get(endpoint.identity());
    if (file != null && file.endpoint().holdsFileOf(endpoint)) {
      throw usedBy(file, spec);
    }
  }

  private static ExportException usedBy(UsedFile file, ExportSpec spec) {
    return ExportException.conflict(
        "path",
        String.valueOf(spec.path()),
        "export %s uses this file until it ends".formatted(file.name()));
  }
}
