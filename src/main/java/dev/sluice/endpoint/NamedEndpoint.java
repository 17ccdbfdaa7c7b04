package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endpoint whose file has a name below a root. The name is looked up again each time that it is
 * opened, because a peer may have made its socket again meanwhile.
 */
abstract sealed class NamedEndpoint extends Endpoint permits Fifo, UnixSocket {

  private static final Logger log = LoggerFactory.getLogger(NamedEndpoint.class);

  private final EndpointFile file;

  /** Set by {@link #begin}, before other threads see the endpoint. */
  private @Nullable FifoPeers peers;

  private @Nullable String caveat;

  /** Creates an endpoint that owns its file. */
  NamedEndpoint(EndpointFile file) {
    this.file = file;
  }

  /**
   * Starts watching its file, and closes descriptors that are not needed any more.
   *
   * @param watch null if the file needs no watch
   */
  final void begin(@Nullable FifoWatch watch) {
    try {
      if (watch != null && watch.unavailable() == null) {
        peers = FifoPeers.of(watch, file.handle(), file.folder(), file.location().name());
      } else if (watch != null) {
        caveat = watch.unavailable();
      }
    } catch (ErrnoException e) {
      caveat =
          switch (e.errno()) {
            case Errno.EACCES -> "this service may not read it; permit that";
            case Errno.ENOSPC -> "there are too many; raise fs.inotify.max_user_watches";
            default -> e.getMessage();
          };
    }
    file.keepWhatIsNeeded();
  }

  /** Returns the count of those who open its file; null if there is none. */
  final @Nullable FifoPeers peers() {
    return peers;
  }

  /** Returns its file. */
  final EndpointFile file() {
    return file;
  }

  @Override
  public final FileStatus identity() {
    return file.identity();
  }

  @Override
  public final @Nullable FileStatus made() {
    return file.isMade() ? file.identity() : null;
  }

  @Override
  public @Nullable String caveat() {
    return caveat == null || file.kind() != FileStatus.Kind.FIFO
        ? null
        : "who opens it cannot be counted (%s): see to it that one process does".formatted(caveat);
  }

  @Override
  public final void onAlarm(Runnable alarm) {
    if (peers != null) {
      peers.onAlarm(alarm);
    }
  }

  @Override
  public final void requireOnePeer() throws IOException {
    if (peers == null) {
      return;
    }
    if (peers.takeSuspicion() && descriptor() < 0 && holdsFile() && file.hasGone()) {
      throw new IOException(
          "its %s, which nobody had opened yet, was removed or replaced by something else; delete the export and make it again;"
              .formatted(file.kind() == FileStatus.Kind.FIFO ? "FIFO" : "socket"));
    }
    peers.requireOne();
  }

  @Override
  public final void noteMoved() {
    if (peers != null) {
      peers.settle();
    }
  }

  @Override
  void letGo() {
    if (peers != null) {
      peers.close();
    }
  }

  @Override
  final void removeFile() {
    if (!file.isMade()) {
      return;
    }
    file.remove();
    try {
      releasePeers(file.handle());
    } catch (ErrnoException e) {
      log.warn(
          "Peers that wait for {} cannot be let go ({}); end them",
          file.location(),
          e.getMessage());
    }
  }

  @Override
  final void closeFile() {
    file.close();
  }

  /** Releases peers that wait, when no new one can come any more. */
  abstract void releasePeers(Descriptor handle) throws ErrnoException;
}
