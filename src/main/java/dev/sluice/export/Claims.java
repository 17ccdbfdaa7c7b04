package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.export.RefusedException.Reason;
import dev.sluice.posix.FilePath;
import java.util.HashSet;
import java.util.Set;

/**
 * The files that exports use, each by one export at a time. Guarded by the monitor of the registry
 * that has it.
 */
final class Claims {

  private final Set<Claim> claims = new HashSet<>();

  /** An endpoint from its claim until its stream has let go of it, and of the file. */
  record Claim(String name, FilePath path, Endpoint endpoint) {

    static Claim of(ExportSpec spec, Endpoint endpoint) {
      return new Claim(spec.name(), spec.path(), endpoint);
    }
  }

  /** How many there are. */
  int size() {
    return claims.size();
  }

  void add(Claim claim) {
    claims.add(claim);
  }

  void remove(Claim claim) {
    claims.remove(claim);
  }

  /** Throws if an export uses this path. */
  void requireFreePath(ExportSpec spec) {
    for (Claim claim : claims) {
      if (claim.path().equals(spec.path())) {
        throw usedBy(claim, spec);
      }
    }
  }

  /**
   * Throws if an export uses the same file, perhaps under another name. One that has just ended
   * does not, and what looks like its file may be a new one in the same place of the disk.
   */
  void requireOwnFile(ExportSpec spec, Endpoint endpoint) {
    for (Claim claim : claims) {
      if (claim.endpoint().holdsFileOf(endpoint)) {
        throw usedBy(claim, spec);
      }
    }
  }

  private static RefusedException usedBy(Claim claim, ExportSpec spec) {
    return RefusedException.of(
        Reason.CONFLICT,
        "path",
        spec.path().toString(),
        "export %s uses this file until it ends".formatted(claim.name()));
  }
}
