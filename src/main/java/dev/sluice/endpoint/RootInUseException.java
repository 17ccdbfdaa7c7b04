package dev.sluice.endpoint;

import dev.sluice.posix.FileLocks;
import dev.sluice.posix.FilePath;
import java.io.IOException;
import java.util.OptionalLong;

/** Another service has a root; the message says which, and which process that is. */
public final class RootInUseException extends IOException {

  private static final long serialVersionUID = 1L;

  RootInUseException(FilePath root, OptionalLong process) {
    super("%s has the folder %s already".formatted(FileLocks.describe(process), root));
  }
}
