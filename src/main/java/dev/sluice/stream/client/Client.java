package dev.sluice.stream.client;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.Transport;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.WindowMemory;
import java.time.Duration;

/**
 * One attached client: its connection, what the stream remembers of it, and window memory for its
 * current request. Confined to its own thread, except where its parts say otherwise.
 */
public final class Client implements AutoCloseable {

  private final ClientConnection connection;
  private final ClientHistory history = new ClientHistory();
  private final WindowMemory.Pocket pocket;

  public Client(Transport transport, StreamCore core, WindowMemory.Pocket pocket, Duration linger)
      throws ErrnoException {
    this.connection = new ClientConnection(transport, core, linger);
    this.pocket = pocket;
  }

  /** Returns the connection, for requests and replies. */
  public ClientConnection connection() {
    return connection;
  }

  /** Returns what the stream remembers of this client. */
  public ClientHistory history() {
    return history;
  }

  /** Returns what this client has written. */
  public WriteHistory writes() {
    return history.writes();
  }

  /** Returns the waiter of this client's thread. */
  public Waiter waiter() {
    return connection.waiter();
  }

  /** Returns the window memory for the current request. */
  public WindowMemory.Pocket pocket() {
    return pocket;
  }

  /**
   * Notes that the session knows of the stream's end. From now on its thread waits only for the
   * client, and not for long.
   */
  public void acknowledgeEnd() {
    connection.clientWaiter().acknowledgeEnd();
  }

  /**
   * Does the same as {@link #acknowledgeEnd}, but serves only requests that have arrived already.
   */
  public void dismiss() {
    connection.clientWaiter().dismiss();
  }

  @Override
  public void close() {
    connection.close();
  }
}
