package dev.sluice.stream.io;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.PollSet;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/**
 * Waits until the peer has taken every byte. Linux has no event for that, so this polls. An error
 * at the endpoint ends the pause at once. Guarded by the request lock.
 */
final class PeerDrain {

  private final StreamCore core;
  private final Endpoint endpoint;

  PeerDrain(StreamCore core, Endpoint endpoint) {
    this.core = core;
    this.endpoint = endpoint;
  }

  /**
   * Waits until nothing is unread.
   *
   * @throws BrokenStreamException if the peer left bytes unread
   */
  void drain(Waiter waiter) throws IOException {
    int seen = -1;
    for (int pause = 1; ; pause = Math.min(2 * pause, Waiter.MAX_PAUSE_MILLIS)) {
      boolean peerGone = waiter.eventsNow(endpoint.descriptor(), 0) != 0;
      int unread = endpoint.unread();
      if (unread == 0) {
        requireNothingDropped(waiter);
        return;
      }
      if (peerGone) {
        throw leftUnread();
      }
      if (unread != seen) {
        core.progress().noteMove();
        seen = unread;
      }
      waiter.pause(WaitCause.PEER, endpoint.descriptor(), pause, core.idle());
    }
  }

  /**
   * Throws if a socket has an error, because its peer closed it with bytes unread. A socket then no
   * longer counts those bytes, while a pipe does.
   */
  private void requireNothingDropped(Waiter waiter) throws IOException {
    int events = waiter.eventsNow(endpoint.descriptor(), 0);
    if (!endpoint.isPipe() && (events & PollSet.ERROR) != 0) {
      throw leftUnread();
    }
  }

  private static BrokenStreamException leftUnread() {
    return new BrokenStreamException("the peer closed its end and left bytes unread");
  }
}
