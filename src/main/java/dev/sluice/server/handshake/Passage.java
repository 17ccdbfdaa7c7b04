package dev.sluice.server.handshake;

import dev.sluice.posix.ErrnoException;
import dev.sluice.server.relay.OwnerConnection;
import dev.sluice.server.relay.Relays;
import java.util.function.Supplier;

/**
 * The connection to the owner and the seat of a client that was granted an export of another pod.
 */
final class Passage {

  private final Relays relays;
  private final OwnerConnection granted;
  private final Relays.Seat seat;
  private final Supplier<Runnable> hold;

  Passage(Relays relays, OwnerConnection granted, Relays.Seat seat, Supplier<Runnable> hold) {
    this.relays = relays;
    this.granted = granted;
    this.seat = seat;
    this.hold = hold;
  }

  /**
   * Starts the relay.
   *
   * @param socket a descriptor of the client's socket, which is closed here in any case
   * @param readAlready bytes that were read from it before
   */
  void begin(int socket, byte[] readAlready) throws ErrnoException {
    Runnable release = hold.get();
    Runnable ended =
        () -> {
          release.run();
          seat.leave();
        };
    boolean begun = false;
    try {
      relays.start(socket, readAlready, granted, ended);
      begun = true;
    } finally {
      granted.close();
      if (!begun) {
        ended.run();
      }
    }
  }

  /** Closes the connection to the owner and leaves the seat, because the client is gone. */
  void giveUp() {
    granted.close();
    seat.leave();
  }
}
