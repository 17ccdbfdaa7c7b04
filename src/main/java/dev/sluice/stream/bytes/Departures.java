package dev.sluice.stream.bytes;

import dev.sluice.stream.Direction;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.client.Client;
import java.util.HashSet;
import java.util.Set;

/** How the clients of a stream have left so far. Its monitor guards all of it. */
public final class Departures {

  private final Direction direction;
  private int leaving;
  private final Set<Client> askers = new HashSet<>();
  private boolean used;
  private boolean improper;

  /** Nobody has come yet to a stream that goes this way. */
  Departures(Direction direction) {
    this.direction = direction;
  }

  /** A client has made a request. */
  synchronized void noteRequest(Client client) {
    askers.add(client);
  }

  /** A client's request to read or to write was served: one against the stream only looks. */
  synchronized void use(Direction how) {
    used |= how == direction;
  }

  /** A client begins to leave, which can take long: the stream may be complete by that. */
  synchronized void begin(Client client, Goodbye goodbye) {
    leaving++;
    boolean proper = goodbye.kind() == Goodbye.Kind.DISCONNECTED && !client.writes().isRefused();
    improper |= askers.remove(client) && !proper;
  }

  /** It has left. */
  synchronized void end() {
    leaving--;
  }

  /** How many are leaving now, and still count as attached. */
  public synchronized int leaving() {
    return leaving;
  }

  /**
   * Whether clients have read from a read stream, or written to a write stream, and each that made
   * a request has said goodbye and was refused nothing that it wanted to write.
   */
  public synchronized boolean areAllProper() {
    return used && !improper;
  }
}
