package dev.sluice.server;

import dev.sluice.configuration.Reasons;
import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import io.netty.channel.unix.Errors.NativeIoException;
import java.net.InetSocketAddress;

/**
 * Creates the exceptions for a listener that cannot start. They name the key, the cause and the
 * remedy.
 */
final class StartFailures {

  private StartFailures() {}

  static UnusableConfigurationException noNativeLibrary(Throwable cause) {
    return new UnusableConfigurationException(
        "The library that NBD connections need (netty_transport_native_epoll) cannot be loaded"
            + " from the folder for temporary files, %s: %s"
                .formatted(System.getProperty("java.io.tmpdir"), Reasons.of(cause)),
        """
        Is that folder on a file system that is mounted noexec, full or read-only? Name another with the JVM's
        option -Djava.io.tmpdir=FOLDER, or -Dio.netty.native.workdir=FOLDER for this library alone.\
        """);
  }

  static UnusableConfigurationException unknownAddress(String address) {
    return new UnusableConfigurationException(
        "NBD cannot listen on sluice.nbd.address, '%s': it is no address, and no name that this machine knows."
            .formatted(address),
        "Set sluice.nbd.address to an address of this machine, such as 127.0.0.1, or to 0.0.0.0 for"
            + " all.");
  }

  /** Returns the failure to listen on a TCP address. */
  static UnusableConfigurationException tcp(InetSocketAddress address, Throwable cause) {
    int errno = cause instanceof NativeIoException e ? -e.expectedErr() : 0;
    String problem =
        switch (errno) {
          case Errno.EADDRINUSE -> "another process does";
          case Errno.EADDRNOTAVAIL -> "this machine does not have this address";
          case Errno.EACCES -> "this user may not listen on so low a port";
          default -> Reasons.of(cause);
        };
    String remedy =
        switch (errno) {
          case Errno.EADDRINUSE ->
              "End the other process (`ss -ltnp 'sport = :%d'` shows it), or set sluice.nbd.port to another port; 0 takes any free one."
                  .formatted(address.getPort());
          case Errno.EADDRNOTAVAIL ->
              "Set sluice.nbd.address to an address of this machine (`ip address` shows them), or"
                  + " to 0.0.0.0 for all.";
          case Errno.EACCES ->
              "Set sluice.nbd.port to 1024 or more, or give the process the capability"
                  + " CAP_NET_BIND_SERVICE.";
          default -> "Set sluice.nbd.address and sluice.nbd.port to where this process may listen.";
        };
    return new UnusableConfigurationException(
        "NBD cannot listen on %s:%d (sluice.nbd.address, sluice.nbd.port): %s."
            .formatted(address.getHostString(), address.getPort(), problem),
        remedy);
  }

  static UnusableConfigurationException unix(FilePath socket, String problem, String remedy) {
    return new UnusableConfigurationException(
        "NBD cannot listen on %s (sluice.nbd.unix-socket): %s.".formatted(socket, problem), remedy);
  }

  /** Returns the failure to create the Unix socket. */
  static UnusableConfigurationException unix(FilePath socket, ErrnoException cause) {
    String another = "or set sluice.nbd.unix-socket to a path in another folder.";
    return switch (cause.errno()) {
      case Errno.ENOENT, Errno.ENOTDIR ->
          unix(socket, "its folder does not exist", "Make the folder, " + another);
      case Errno.EACCES ->
          unix(
              socket,
              "this user may not make a file in its folder",
              "Permit it to write there, " + another);
      case Errno.EADDRINUSE, Errno.EEXIST ->
          unix(socket, "there is something already", "Remove it, " + another);
      case Errno.EPERM ->
          unix(
              socket,
              "it cannot have the group of sluice.nbd.unix-socket-group",
              "Set sluice.nbd.unix-socket-group to a group that this user is in (`id -G` shows"
                  + " them).");
      default -> unix(socket, Reasons.of(cause), "See to it that it can be made, " + another);
    };
  }
}
