package dev.sluice.cli.common;

/** Texts of others, which a terminal must not take for orders. */
public final class PlainText {

  private PlainText() {}

  /** The same text with a mark for each control character. */
  public static String of(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "\uFFFD");
  }
}
