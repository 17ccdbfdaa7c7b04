package dev.sluice.export.record;

/** Texts that may be long, for which there is so much room. */
final class Texts {

  private Texts() {}

  /** A text, or its first part. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }

  /** The same for how long it is when it is written. */
  static String cutWritten(String text, int most) {
    String shorter = text;
    while (Fields.written(shorter).length() > most) {
      shorter = cut(text, shorter.length() * 9 / 10);
    }
    return shorter;
  }
}
