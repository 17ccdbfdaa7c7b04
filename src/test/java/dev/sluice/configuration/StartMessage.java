package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** The one message that a start which fails ends with. */
final class StartMessage {

  private static final int MOST_LINES = 16;

  private StartMessage() {}

  /** The message within all that was printed, where there must be no stack trace. */
  static String of(String output) {
    assertHasNoTrace(output);
    assertThat(output).contains("APPLICATION FAILED TO START", "Description:");
    return output.substring(output.indexOf("Description:"));
  }

  static void assertHasNoTrace(String output) {
    assertThat(output).doesNotContain("\tat ", "Caused by");
  }

  /** It has these words in their order, and can be read at a glance. */
  static void assertSays(String message, String... words) {
    assertThat(message).containsSubsequence(words);
    assertThat(message.lines().count()).as(message).isLessThan(MOST_LINES);
  }
}
