package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.PosixFiles.FileStatus;
import org.jspecify.annotations.Nullable;

/** Stands for the endpoint of a stream that ended before this process started. */
public final class GoneEndpoint extends Endpoint {

  private static final FileStatus NONE = new FileStatus(FileStatus.Kind.OTHER, 0, 0, 0);

  @Override
  public FileStatus identity() {
    return NONE;
  }

  @Override
  public boolean isPipe() {
    return true;
  }

  @Override
  public boolean isEndedBeforePeer() {
    return false;
  }

  @Override
  @Nullable Descriptor reach() {
    return null;
  }

  @Override
  public int unread() {
    return 0;
  }

  @Override
  void letGo() {}

  @Override
  void closeFile() {}
}
