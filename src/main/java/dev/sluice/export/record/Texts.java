package dev.sluice.export.record;

/** Cuts long texts. */
final class Texts {

  private Texts() {}

  /** Returns the text, cut to {@code most} characters if it is longer. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }

  /** Returns the text, cut so that its encoded form has at most {@code most} characters. */
  static String cutWritten(String text, int most) {
    String shorter = text;
    while (Fields.written(shorter).length() > most) {
      shorter = cut(text, shorter.length() * 9 / 10);
    }
    return shorter;
  }
}
