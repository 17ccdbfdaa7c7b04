package dev.sluice.cli.streaming;

import java.util.Map;

/** What the service calls by its keys and fields, in the words of the command line. */
final class OptionWords {

  private static final Map<String, String> WORDS =
      Map.of(
          "sluice.nbd.unix-socket", "-U",
          "sluice.nbd.port", "-p",
          "sluice.nbd.address", "-i",
          "{\"pad\": \"zero\"}", "--pad-tail",
          "{\"unread\": \"accept\"}", "--accept-unread");

  private OptionWords() {}

  /** A text of the service, for whoever has typed a command. */
  static String of(String text) {
    String inWords = text;
    for (Map.Entry<String, String> each : WORDS.entrySet()) {
      inWords = inWords.replace(each.getKey(), each.getValue());
    }
    return inWords;
  }
}
