package dev.sluice.server.handshake;

import dev.sluice.nbd.handshake.ReplyType;
import java.util.concurrent.TimeUnit;

/**
 * How many options a client may send in its handshake. Each export that has to be looked at for a
 * list counts as one more, so that what a client has the server do and send has a limit, too. For
 * one event loop only.
 */
final class OptionBudget {

  /** So many are answered at once. No ordinary client sends more. */
  static final int FREE = 64;

  private final int most;
  private final long nanosEach;
  private int left;
  private boolean listed;

  /** How many were paid for with a pause, or came for free. */
  private int paced = FREE;

  /**
   * The whole budget.
   *
   * @param most how many options there may be
   * @param perSecond how many of those beyond the first {@link #FREE} are answered in a second
   */
  OptionBudget(int most, int perSecond) {
    this.most = most;
    this.nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.left = most;
  }

  /**
   * One option more.
   *
   * @throws RefusedClientException if there may be no more
   */
  void takeOption() throws RefusedClientException {
    take(1);
  }

  /**
   * A list of so many exports.
   *
   * @throws RefusedClientException if they are too many
   */
  void takeList(int exports) throws RefusedClientException {
    listed |= exports > 0;
    take(exports);
  }

  /** How long the client is not heard after what it has sent, in nanoseconds. */
  long pause() {
    int more = most - left - paced;
    if (more <= 0) {
      return 0;
    }
    paced += more;
    return more * nanosEach;
  }

  private void take(int count) throws RefusedClientException {
    if (count > left) {
      left = 0;
      throw RefusedClientException.beyond(
          Limit.OPTIONS,
          ReplyType.ERR_POLICY,
          "%d options have been sent%s, and sluice.nbd.max-options permits no more"
              .formatted(most, listed ? ", with each export of a list counted as one" : ""));
    }
    left -= count;
  }
}
