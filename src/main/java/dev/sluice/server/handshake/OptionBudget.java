package dev.sluice.server.handshake;

import dev.sluice.nbd.handshake.ReplyType;
import java.util.concurrent.TimeUnit;

/**
 * The options that a client may send in its handshake. Each export that is looked at for a LIST
 * counts as one more, which limits the work and the replies that a client can cause. Confined to
 * one event loop.
 */
final class OptionBudget {

  /** Options that are answered without a pause. No ordinary client sends more. */
  static final int FREE = 64;

  private final int most;
  private final long nanosEach;
  private int left;
  private boolean listed;

  /** Options that have been paid for with a pause, or were free. */
  private int paced = FREE;

  /**
   * Creates a full budget.
   *
   * @param most the most options
   * @param perSecond how many of those beyond the first {@link #FREE} are answered in a second
   */
  OptionBudget(int most, int perSecond) {
    this.most = most;
    this.nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.left = most;
  }

  /**
   * Takes one option from the budget.
   *
   * @throws RefusedClientException if it is used up
   */
  void takeOption() throws RefusedClientException {
    take(1);
  }

  /**
   * Takes the exports of a list from the budget.
   *
   * @throws RefusedClientException if fewer are left; nothing is left then
   */
  void takeList(int exports) throws RefusedClientException {
    listed |= exports > 0;
    take(exports);
  }

  /**
   * Returns how long to stop reading from the client for the options since the last pause, in
   * nanoseconds; 0 if not at all.
   */
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
