package dev.sluice.cli.common;

/** Text from elsewhere, made safe for a terminal. */
public final class PlainText {

  private PlainText() {}

  /** Returns the text with each control character replaced by U+FFFD. */
  public static String of(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "\uFFFD");
  }
}
