package dev.sluice.cluster.member;

import java.util.Optional;

/**
 * A used part of a whole, written as "12/1000".
 *
 * @param taken the used part; may be more than the whole
 * @param of the whole
 */
public record Share(long taken, long of) {

  private static final int PARTS = 10;

  /** Parses the written form; empty if the text has another form. */
  static Optional<Share> parse(String text) {
    int slash = text.indexOf('/');
    try {
      return slash < 0
          ? Optional.empty()
          : Optional.of(
                  new Share(
                      Long.parseLong(text.substring(0, slash)),
                      Long.parseLong(text.substring(slash + 1))))
              .filter(share -> share.taken >= 0 && share.of >= 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  long free() {
    return of - taken;
  }

  Share and(long more) {
    return new Share(taken + more, of);
  }

  /** Returns the used part in whole tenths; ten if the whole is 0. */
  int tenths() {
    return of == 0 ? PARTS : (int) Math.min(Integer.MAX_VALUE, PARTS * (double) taken / of);
  }

  String text() {
    return taken + "/" + of;
  }
}
