package dev.sluice.server.session;

import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.NbdError;
import org.jspecify.annotations.Nullable;

/**
 * Measures requests, as they are replied to. Called by many threads at once, for every request, so
 * it must neither wait nor fail.
 */
public interface RequestObserver {

  /**
   * A request was replied to.
   *
   * @param command what it asked for, or null if nobody knows
   * @param error what the reply said
   * @param nanos from its header's arrival until the reply was sent, payload and waits included
   */
  void requestServed(@Nullable Command command, NbdError error, long nanos);
}
