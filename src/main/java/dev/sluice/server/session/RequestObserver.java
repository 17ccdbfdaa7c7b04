package dev.sluice.server.session;

import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.NbdError;
import org.jspecify.annotations.Nullable;

/**
 * Measures requests when they have been replied to. Many threads call it, for every request, so it
 * must not block or throw.
 */
public interface RequestObserver {

  /**
   * Records that a request was replied to.
   *
   * @param command the request's command; null if it is unknown
   * @param error the error in the reply
   * @param nanos from the arrival of the header to the reply, with payload and waits
   */
  void requestServed(@Nullable Command command, NbdError error, long nanos);
}
