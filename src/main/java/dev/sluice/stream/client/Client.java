package dev.sluice.stream.client;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.Transport;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.WindowMemory;
import java.time.Duration;

/**
 * One attached client: its connection, what its stream remembers of it, and memory for its current
 * request. Confined to its own thread, as far as its parts do not say otherwise.
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

  /** Its requests and replies. */
  public ClientConnection connection() {
    return connection;
  }

  /** What its stream remembers of it. */
  public ClientHistory history() {
    return history;
  }

  /** What it has written. */
  public WriteHistory writes() {
    return history.writes();
  }

  /** Where its thread waits. */
  public Waiter waiter() {
    return connection.waiter();
  }

  /** Window memory for the work on its current request. */
  public WindowMemory.Pocket pocket() {
    return pocket;
  }

  /**
   * The session knows that the stream has ended: from here on waiting is only for the client, and
   * not for long.
   */
  public void acknowledgeEnd() {
    connection.clientWaiter().acknowledgeEnd();
  }

  /** As {@link #acknowledgeEnd}, but no more than the requests that are here already is served. */
  public void dismiss() {
    connection.clientWaiter().dismiss();
  }

  @Override
  public void close() {
    connection.close();
  }
}
