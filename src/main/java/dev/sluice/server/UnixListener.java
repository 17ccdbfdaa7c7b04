package dev.sluice.server;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.posix.UnixSockets;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;

/**
 * The Unix socket on which NBD clients connect. It has its permissions before anybody can connect,
 * which Netty cannot do. It owns the socket's file, and Netty's channel owns the socket.
 */
final class UnixListener implements AutoCloseable {

  /** The longest path that a client can connect to (unix(7)). */
  private static final int MAX_PATH_BYTES = 107;

  private final Descriptor folder;
  private final String name;

  /** Keeps the inode number from being reused, so that no other file is taken for this one. */
  private final Descriptor place;

  private final FileStatus file;
  private final EpollServerDomainSocketChannel channel;

  private UnixListener(
      Descriptor folder, String name, Descriptor place, FileStatus file, int socket) {
    this.folder = folder;
    this.name = name;
    this.place = place;
    this.file = file;
    this.channel = new EpollServerDomainSocketChannel(socket, true);
  }

  /**
   * Creates the socket and listens. If a killed process has left a socket on which nobody listens,
   * that is removed first.
   *
   * @throws UnusableConfigurationException if that fails; nothing is left behind then
   */
  static UnixListener listen(FilePath path, FilePermissions permissions) {
    requireShort(path);
    String name = path.name();
    Descriptor folder = null;
    boolean listening = false;
    try {
      folder = new Descriptor(PosixFiles.openPlace(path.parent()));
      removeStale(path, folder.number(), name);
      UnixListener listener = listen(folder, name, permissions);
      listening = true;
      return listener;
    } catch (ErrnoException e) {
      throw StartFailures.unix(path, e);
    } finally {
      if (!listening && folder != null) {
        folder.close();
      }
    }
  }

  private static UnixListener listen(Descriptor folder, String name, FilePermissions permissions)
      throws ErrnoException {
    int socket = UnixSockets.create();
    Descriptor place = null;
    boolean listening = false;
    try {
      place = new Descriptor(UnixSockets.bind(socket, folder.number(), name, permissions));
      FileStatus file = PosixFiles.status(place.number());
      UnixSockets.listen(socket, NetUtil.SOMAXCONN);
      listening = true;
      return new UnixListener(folder, name, place, file, socket);
    } finally {
      if (!listening) {
        Posix.close(socket);
        if (place != null) {
          place.close();
          PosixFiles.remove(folder.number(), name);
        }
      }
    }
  }

  private static void requireShort(FilePath path) {
    String remedy = "Set sluice.nbd.unix-socket to a shorter path.";
    if (path.name().isEmpty()) {
      throw StartFailures.unix(path, "it is no file's path", remedy);
    }
    int bytes = path.length();
    int nameBytes = path.name().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PATH_BYTES || nameBytes > UnixSockets.MAX_NAME_BYTES) {
      throw StartFailures.unix(
          path,
          "its path has %d bytes and its file name %d (expected: <= %d and <= %d)"
              .formatted(bytes, nameBytes, MAX_PATH_BYTES, UnixSockets.MAX_NAME_BYTES),
          remedy);
    }
  }

  private static void removeStale(FilePath path, int folder, String name) throws ErrnoException {
    try (Descriptor found = find(folder, name)) {
      if (found.number() < 0) {
        return;
      }
      if (PosixFiles.status(found.number()).kind() != FileStatus.Kind.SOCKET) {
        throw StartFailures.unix(
            path,
            "there is something that is not a socket",
            "Remove it, or set sluice.nbd.unix-socket to another path.");
      }
      if (isListenedOn(found.number())) {
        throw StartFailures.unix(
            path,
            "another process does",
            "End the other process (`ss -lxp` shows it), or set sluice.nbd.unix-socket to another path.");
      }
      PosixFiles.remove(folder, name);
    }
  }

  /** Opens the file of this name with O_PATH; returns a closed descriptor if there is none. */
  private static Descriptor find(int folder, String name) throws ErrnoException {
    try {
      return new Descriptor(PosixFiles.openPlaceBeneath(folder, name));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        return new Descriptor(-1);
      }
      throw e;
    }
  }

  /**
   * Returns whether somebody listens on a socket. Only ECONNREFUSED means that nobody does; EACCES
   * does not, because another user may listen.
   */
  private static boolean isListenedOn(int place) throws ErrnoException {
    try (Descriptor probe = new Descriptor(UnixSockets.create())) {
      UnixSockets.connect(probe.number(), place);
      return true;
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ECONNREFUSED) {
        return false;
      }
      if (e.errno() == Errno.EACCES) {
        return true;
      }
      throw e;
    }
  }

  /**
   * Returns the identity of the socket's file, whatever names lead to it. No other file has it
   * until this is closed.
   */
  FileStatus file() {
    return file;
  }

  /** Returns the channel to register with an event loop. Clients can connect before that. */
  EpollServerDomainSocketChannel channel() {
    return channel;
  }

  /** Removes the file, if it is still this one. Does not close the channel. */
  @Override
  public void close() {
    try (folder;
        place) {
      if (PosixFiles.statusAt(folder.number(), name).equals(file)) {
        PosixFiles.remove(folder.number(), name);
      }
    } catch (ErrnoException e) {
      // The file stays, as after a kill. The next start removes it.
    }
  }
}
