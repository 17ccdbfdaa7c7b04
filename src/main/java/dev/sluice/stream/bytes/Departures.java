package dev.sluice.stream.bytes;

import dev.sluice.stream.Direction;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.client.Client;
import java.util.HashSet;
import java.util.Set;

/** How the clients of a stream have left so far. Guarded by its own monitor. */
public final class Departures {

  private final Direction direction;
  private int leaving;
  private final Set<Client> askers = new HashSet<>();
  private boolean used;
  private boolean improper;

  /** Creates it for a stream that no client has come to yet. */
  Departures(Direction direction) {
    this.direction = direction;
  }

  /** Notes that a client has made a request. */
  synchronized void noteRequest(Client client) {
    askers.add(client);
  }

  /** Notes that a read or a write was served. One against the stream's direction is only a look. */
  synchronized void use(Direction how) {
    used |= how == direction;
  }

  /** Notes that a client begins to leave. That can take long, because the stream may complete. */
  synchronized void begin(Client client, Goodbye goodbye) {
    leaving++;
    boolean proper = goodbye.kind() == Goodbye.Kind.DISCONNECTED && !client.writes().isRefused();
    improper |= askers.remove(client) && !proper;
  }

  /** Notes that a client has left. */
  synchronized void end() {
    leaving--;
  }

  /** Returns how many clients are leaving, and still count as attached. */
  public synchronized int leaving() {
    return leaving;
  }

  /**
   * Returns whether clients have read a read stream, or written a write stream, and every client
   * that made a request has said goodbye and had no write refused, nor a read of a write stream.
   */
  public synchronized boolean areAllProper() {
    return used && !improper;
  }
}
