package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.util.List;

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
