package dev.sluice.cluster.member;

import java.util.Optional;

/**
 * How much is taken of what there is, as "12/1000".
 *
 * @param taken may be more than there is
 * @param of what there is
 */
public record Share(long taken, long of) {

  private static final int PARTS = 10;

  /** What a text says; empty if it says no such thing. */
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

  /** How many whole tenths of it are taken; ten where there is nothing. */
  int tenths() {
    return of == 0 ? PARTS : (int) Math.min(Integer.MAX_VALUE, PARTS * (double) taken / of);
  }

  String text() {
    return taken + "/" + of;
  }
}
