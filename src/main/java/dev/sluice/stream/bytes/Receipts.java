package dev.sluice.stream.bytes;

import dev.sluice.stream.window.Ranges;

/**
 * Which bytes of a read stream are known to be with a client, and which were only sent. A client's
 * goodbye tells; the end of a connection does not, since what a client's system has taken, or a
 * proxy's, need not have reached the client. The stream's lock guards it.
 *
 * <p>What is too much to be remembered is forgotten in the direction of doubt.
 */
public final class Receipts {

  /** The most ranges that are remembered of a kind. */
  static final int MOST = 65_536;

  /** What was sent to anybody, if not more. */
  private final Ranges sent = new Ranges();

  /** What was sent to clients that said goodbye, if not less. */
  private final Ranges received = new Ranges();

  /** What a client was refused, if not more, and nobody was sent since, or was lost with. */
  private final Ranges refused = new Ranges();

  /** What a client was refused, and another was sent since that has not left yet. */
  private final Ranges sentSince = new Ranges();

  /** How many ranges all attached clients have together. */
  private int remembered;

  /**
   * A client is sent a range, or at least some of it.
   *
   * @param its what the same client was sent so far, if not less
   */
  void send(Ranges its, long from, long to) {
    sent.add(from, to);
    sent.collapseAbove(MOST);
    int before = its.size();
    its.add(from, to);
    remembered += its.size() - before;
    if (remembered > MOST && its.size() > before) {
      its.remove(from, to);
      remembered--;
    } else {
      sentSince.addAll(refused.between(from, to));
      sentSince.collapseAbove(MOST);
      refused.remove(from, to);
    }
  }

  /** A client was told that a read has failed, after some of it was sent. */
  void retract(Ranges its, long from, long to) {
    int before = its.size();
    its.remove(from, to);
    remembered += its.size() - before;
  }

  /** A client was refused a range, which it may have had before. */
  void refuse(long from, long to) {
    refused.add(from, to);
    refused.collapseAbove(MOST);
  }

  /** It has turned out that a client that said goodbye has not received all that it was sent. */
  void doubt(Ranges its) {
    received.removeAll(its);
  }

  /**
   * A client leaves, once.
   *
   * @param its what it was sent
   * @param goodbye whether it has received what it was sent
   * @param position what is not below it has been sent to nobody
   */
  void leave(Ranges its, boolean goodbye, long position) {
    remembered -= its.size();
    sent.remove(position, Long.MAX_VALUE);
    if (goodbye) {
      sentSince.removeAll(its);
    } else if (!sentSince.isEmpty()) {
      refused.addAll(sentSince.within(its)); // of which it may have received nothing
      refused.collapseAbove(MOST);
    }
    if (goodbye && received.size() + its.size() <= MOST) {
      received.addAll(its);
    }
  }

  /** Whether clients have everything up to an offset. */
  boolean haveAll(long end) {
    return received.covers(0, end);
  }

  /** Whether clients have everything that they asked for; the rest may be missing. */
  boolean haveAllWanted() {
    return received.coversAll(sent) && refused.isEmpty();
  }

  /**
   * Says what is missing up to an offset.
   *
   * @param total how many bytes there are to be read, in words
   */
  String missing(long end, String total) {
    Ranges unread = new Ranges();
    unread.add(0, end);
    unread.removeAll(sent);
    Ranges unsure = new Ranges();
    unsure.addAll(sent);
    unsure.removeAll(received);
    String words = "";
    if (!unread.isEmpty()) {
      words =
          "; %d%s bytes were not read, the first at %d%s"
              .formatted(unread.bytes(), total, unread.first(), more(unread));
    }
    if (!unsure.isEmpty()) {
      words +=
          "; bytes %d to %d%s were sent to a client that did not say goodbye"
              .formatted(unsure.first(), unsure.firstEnd() - 1, more(unsure));
    }
    return words;
  }

  private static String more(Ranges ranges) {
    return ranges.size() == 1 ? "" : " (the first of %d ranges)".formatted(ranges.size());
  }
}
