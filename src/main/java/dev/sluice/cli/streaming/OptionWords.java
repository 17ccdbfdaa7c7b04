package dev.sluice.cli.streaming;

import java.util.Map;

/** Translates keys and fields of the service into options of the command line. */
final class OptionWords {

  private static final Map<String, String> WORDS =
      Map.of(
          "sluice.nbd.unix-socket", "-U",
          "sluice.nbd.port", "-p",
          "sluice.nbd.address", "-i",
          "{\"pad\": \"zero\"}", "--pad-tail",
          "{\"unread\": \"accept\"}", "--accept-unread");

  private OptionWords() {}

  /** Returns an error message of the service in the words of the command line. */
  static String of(String text) {
    String inWords = text;
    for (Map.Entry<String, String> each : WORDS.entrySet()) {
      inWords = inWords.replace(each.getKey(), each.getValue());
    }
    return inWords;
  }
}
