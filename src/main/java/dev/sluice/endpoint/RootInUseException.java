package dev.sluice.endpoint;

import dev.sluice.posix.FileLocks;
import dev.sluice.posix.FilePath;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Another service has locked a root. The message names the root, and the process if it is known.
 */
public final class RootInUseException extends IOException {

  private static final long serialVersionUID = 1L;

  RootInUseException(FilePath root, OptionalLong process) {
    super("%s has the folder %s already".formatted(FileLocks.describe(process), root));
  }
}
