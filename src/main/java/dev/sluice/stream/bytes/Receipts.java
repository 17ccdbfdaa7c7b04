package dev.sluice.stream.bytes;

import dev.sluice.stream.window.Ranges;

/**
 * Which bytes of a read stream clients have certainly received, and which were only sent. Only a
 * client's goodbye confirms that they arrived. The end of a connection does not, because what the
 * system of the client, or of a proxy, has taken need not have reached the client. Guarded by the
 * request lock.
 *
 * <p>If there are too many ranges to remember, some are forgotten, so that more is in doubt.
 */
public final class Receipts {

  /** The most ranges of a kind to remember. */
  static final int MOST = 65_536;

  /** Everything that was sent to any client, and perhaps more. */
  private final Ranges sent = new Ranges();

  /** What was sent to clients that said goodbye, or only some of that. */
  private final Ranges received = new Ranges();

  /**
   * What a client was refused, and perhaps more. Ranges that a client is sent later leave this set,
   * and return if that client is lost.
   */
  private final Ranges refused = new Ranges();

  /** What a client was refused, and one that has not left yet was sent since. */
  private final Ranges sentSince = new Ranges();

  /** How many ranges are remembered for all attached clients together. */
  private int remembered;

  /**
   * Notes that a client is sent a range, or some of it.
   *
   * @param its what this client was sent so far, or only some of that; the range is added
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

  /** Notes that a client was told that a read has failed, after some of it was sent. */
  void retract(Ranges its, long from, long to) {
    int before = its.size();
    its.remove(from, to);
    remembered += its.size() - before;
  }

  /** Notes that a client was refused a range, which it may have received before. */
  void refuse(long from, long to) {
    refused.add(from, to);
    refused.collapseAbove(MOST);
  }

  /** Notes that a client that said goodbye has not received all that it was sent. */
  void doubt(Ranges its) {
    received.removeAll(its);
  }

  /**
   * Notes that a client leaves. Called once for each client.
   *
   * @param its what it was sent
   * @param goodbye whether it has received what it was sent
   * @param position the stream's position; nothing from there on was sent to anybody
   */
  void leave(Ranges its, boolean goodbye, long position) {
    remembered -= its.size();
    sent.remove(position, Long.MAX_VALUE);
    if (goodbye) {
      sentSince.removeAll(its);
    } else if (!sentSince.isEmpty()) {
      refused.addAll(sentSince.within(its)); // it may have received none of that
      refused.collapseAbove(MOST);
    }
    if (goodbye && received.size() + its.size() <= MOST) {
      received.addAll(its);
    }
  }

  /** Returns whether clients have received everything up to an offset. */
  boolean haveAll(long end) {
    return received.covers(0, end);
  }

  /**
   * Returns whether clients have received everything that they asked for. The rest may be missing.
   */
  boolean haveAllWanted() {
    return received.coversAll(sent) && refused.isEmpty();
  }

  /**
   * Describes what is missing up to an offset, as the rest of a sentence.
   *
   * @param total the number of bytes to be read, as text such as " of 512"; may be empty
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
