package dev.sluice.stream;

import dev.sluice.posix.ErrnoException;
import java.time.Duration;

/**
 * One attached client: its connection, what its stream remembers of it, and memory for its current
 * request. Confined to its own thread, as far as its parts do not say otherwise.
 */
public final class Client implements AutoCloseable {

  private final ClientConnection connection;
  private final ClientHistory history = new ClientHistory();
  private final WindowMemory.Pocket pocket;

  Client(Transport transport, StreamCore core, WindowMemory.Pocket pocket, Duration linger)
      throws ErrnoException {
    this.connection = new ClientConnection(transport, core, linger);
    this.pocket = pocket;
  }

  /** Its requests and replies. */
  public ClientConnection connection() {
    return connection;
  }

  /** What its stream remembers of it. */
  ClientHistory history() {
    return history;
  }

  /** What it has written. */
  WriteHistory writes() {
    return history.writes();
  }

  /** Where its thread waits. */
  Waiter waiter() {
    return connection.waiter();
  }

  /** Window memory for the work on its current request. */
  WindowMemory.Pocket pocket() {
    return pocket;
  }

  @Override
  public void close() {
    connection.close();
  }
}
