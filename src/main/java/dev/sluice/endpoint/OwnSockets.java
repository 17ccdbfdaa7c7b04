package dev.sluice.endpoint;

import dev.sluice.posix.PosixFiles.FileStatus;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Unix sockets that this service listens on, whatever names lead to them: it is no peer of its
 * own. Each is to be removed before its file's number can be another one's. Thread-safe.
 */
final class OwnSockets {

  private final Set<FileStatus> reserved = ConcurrentHashMap.newKeySet();
  private final Set<FileStatus> endpoints = ConcurrentHashMap.newKeySet();

  /** One that is no endpoint. */
  void reserve(FileStatus socket) {
    reserved.add(socket);
  }

  /** One that is an endpoint, and so is told of as such to whoever wants it for another one. */
  void add(FileStatus socket) {
    endpoints.add(socket);
  }

  void remove(FileStatus socket) {
    reserved.remove(socket);
    endpoints.remove(socket);
  }

  /** Whether a file can be nobody's endpoint. */
  boolean isReserved(FileStatus file) {
    return reserved.contains(file);
  }

  /** Whether it would be this service that is connected to. */
  boolean contains(FileStatus file) {
    return reserved.contains(file) || endpoints.contains(file);
  }
}
