package dev.sluice.endpoint;

import dev.sluice.posix.PosixFiles.FileStatus;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Unix sockets on which this service listens, whatever names lead to them, because it must not
 * be its own peer. Each has to be removed before another file can get its inode. Thread-safe.
 */
final class OwnSockets {

  private final Set<FileStatus> reserved = ConcurrentHashMap.newKeySet();
  private final Set<FileStatus> endpoints = ConcurrentHashMap.newKeySet();

  /** Adds a socket that cannot be an endpoint. */
  void reserve(FileStatus socket) {
    reserved.add(socket);
  }

  /** Adds a socket that is an endpoint. A second export that claims it is told so. */
  void add(FileStatus socket) {
    endpoints.add(socket);
  }

  void remove(FileStatus socket) {
    reserved.remove(socket);
    endpoints.remove(socket);
  }

  /** Returns whether a file cannot be an endpoint. */
  boolean isReserved(FileStatus file) {
    return reserved.contains(file);
  }

  /** Returns whether a connection to a file would reach this service itself. */
  boolean contains(FileStatus file) {
    return reserved.contains(file) || endpoints.contains(file);
  }
}
