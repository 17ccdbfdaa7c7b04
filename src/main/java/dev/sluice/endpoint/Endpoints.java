package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Makes the endpoints of streams. */
public interface Endpoints extends AutoCloseable {

  /**
   * Claims a path. Opens nothing, so no peer notices.
   *
   * @throws RefusedEndpointException if the path is not permitted, cannot be made, or is neither a
   *     FIFO nor a Unix socket; nothing is left behind then
   */
  Endpoint claim(FilePath path, Flow flow) throws RefusedEndpointException;

  /**
   * Makes a new Unix socket, to which one peer can connect at once.
   *
   * @throws RefusedEndpointException if the path is not permitted, cannot be made, or exists;
   *     nothing is left behind then
   */
  Endpoint listen(FilePath path, Flow flow) throws RefusedEndpointException;

  /**
   * Claims a path at which an earlier process of the service made a FIFO. If that FIFO is still
   * there, it counts as made by this process.
   *
   * @throws RefusedEndpointException as {@link #claim}, and if something else is there now
   */
  default Endpoint reclaim(FilePath path, Flow flow, FileStatus made)
      throws RefusedEndpointException {
    return claim(path, flow);
  }

  /**
   * Removes a FIFO that an earlier process of the service made, if it is still there, and nothing
   * else. Peers that wait for its other end stop waiting.
   *
   * @throws RefusedEndpointException if that cannot be known
   */
  default void clear(FilePath path, Flow flow, FileStatus made) throws RefusedEndpointException {}

  /** Returns whether nothing is at a path, so that a claim makes something; false if in doubt. */
  default boolean isFree(FilePath path) {
    return false;
  }

  /**
   * Removes what a killed service may have made at a path that was free: a FIFO or socket whose
   * creation time is in this range, and nothing else.
   *
   * @param known files that are not removed in any case
   */
  default void clearBorn(FilePath path, Flow flow, Instant from, Instant to, Set<FileStatus> known)
      throws RefusedEndpointException {}

  /**
   * Removes a socket that an earlier process of the service made, if it is still there, and nothing
   * else.
   *
   * @throws RefusedEndpointException if that cannot be known
   */
  default void removeSocket(FilePath path, FileStatus made) throws RefusedEndpointException {}

  /**
   * Refuses a socket as an endpoint from now on, because this service itself listens on it.
   *
   * @return ends that; to be run before another file can get the socket's inode
   */
  Runnable reserve(FileStatus socket);

  /** Returns what keeps endpoints from being made now. The call may repair that. */
  List<String> troubles();

  /** Idempotent. */
  @Override
  void close();
}
