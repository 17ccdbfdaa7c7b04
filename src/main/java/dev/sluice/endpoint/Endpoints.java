package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Where the endpoints of streams come from. */
public interface Endpoints extends AutoCloseable {

  /**
   * Claims a path. Nothing is opened, so no peer notices.
   *
   * @throws RefusedEndpointException when the path is not permitted, cannot be made, or is
   *     something that is neither a FIFO nor a Unix socket; nothing is left behind then
   */
  Endpoint claim(FilePath path, Flow flow) throws RefusedEndpointException;

  /**
   * Makes a Unix socket where nothing is, to which one peer can connect at once.
   *
   * @throws RefusedEndpointException when the path is not permitted, cannot be made, or is there
   *     already; nothing is left behind then
   */
  Endpoint listen(FilePath path, Flow flow) throws RefusedEndpointException;

  /**
   * Claims a path where a service that has ended made a FIFO. If that is still there, it is as if
   * this service had made it.
   *
   * @throws RefusedEndpointException as {@link #claim}, and when something else is there now
   */
  default Endpoint reclaim(FilePath path, Flow flow, FileStatus made)
      throws RefusedEndpointException {
    return claim(path, flow);
  }

  /**
   * Removes a FIFO that a service which has ended made, if it is still there, and lets go of peers
   * that wait for its other end; and nothing else.
   *
   * @throws RefusedEndpointException when that cannot be known
   */
  default void clear(FilePath path, Flow flow, FileStatus made) throws RefusedEndpointException {}

  /** Whether there is nothing at a path, so that a claim makes something; false if in doubt. */
  default boolean isFree(FilePath path) {
    return false;
  }

  /**
   * Removes what a service that was killed may have made at a path which was free: a FIFO or socket
   * that was born at this time, and nothing else.
   *
   * @param known files that stay in any case
   */
  default void clearBorn(FilePath path, Flow flow, Instant from, Instant to, Set<FileStatus> known)
      throws RefusedEndpointException {}

  /**
   * Removes a socket that a service which has ended made, if it is still there; and nothing else.
   *
   * @throws RefusedEndpointException when that cannot be known
   */
  default void removeSocket(FilePath path, FileStatus made) throws RefusedEndpointException {}

  /**
   * From now on a socket is no endpoint, since this service itself listens on it.
   *
   * @return what makes it one again, to be run before its file's number can be another one's
   */
  Runnable reserve(FileStatus socket);

  /** What keeps endpoints from being made now; what has gone may be back by it. */
  List<String> troubles();

  /** Idempotent. */
  @Override
  void close();
}
