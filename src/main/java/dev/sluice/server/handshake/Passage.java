package dev.sluice.server.handshake;

import dev.sluice.posix.ErrnoException;
import dev.sluice.server.relay.OwnerConnection;
import dev.sluice.server.relay.Relays;
import java.util.function.Supplier;

/**
 * What there is for a client that another pod has granted an export: its seat, and the way there.
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
   * Passes on what comes from now on.
   *
   * @param socket a descriptor of the client's, which is not the caller's any more
   * @param readAlready what was read of it already
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

  /** The client does not come. */
  void giveUp() {
    granted.close();
    seat.leave();
  }
}
