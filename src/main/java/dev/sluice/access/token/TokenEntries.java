package dev.sluice.access.token;

import dev.sluice.configuration.UnusableConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parses lists of tokens, of the configuration or of a file. */
final class TokenEntries {

  /**
   * The maximum number of tokens. No sensible configuration has more, and each request is compared
   * with all.
   */
  static final int MAX_TOKENS = 1000;

  private static final Logger log = LoggerFactory.getLogger(TokenEntries.class);

  private TokenEntries() {}

  /**
   * Parses all entries.
   *
   * @param source where they are from, for messages
   * @throws UnusableConfigurationException if one is invalid, or there are too many
   */
  static List<Token> parse(List<String> entries, String source) {
    if (entries.size() > MAX_TOKENS) {
      throw new UnusableConfigurationException(
          "%s has %d tokens (expected: <= %d)".formatted(source, entries.size(), MAX_TOKENS),
          "Remove those that nobody uses.");
    }
    List<Token> tokens = new ArrayList<>();
    for (String entry : entries) {
      try {
        tokens.add(Token.parse(entry.strip()));
      } catch (IllegalArgumentException e) {
        throw new UnusableConfigurationException(
            "Number %d of %s is no token: %s".formatted(tokens.size() + 1, source, e.getMessage()),
            "Correct it. It is not repeated here, since it may be a secret.");
      }
    }
    return List.copyOf(tokens);
  }

  /** Logs a warning for each token that is so short that it can be guessed. */
  static void warnOfGuessable(List<Token> tokens) {
    for (Token token : tokens) {
      if (token.isGuessable()) {
        log.warn(
            "The token {} ({}) is so short that it can be guessed",
            token.id(),
            token.role().word());
      }
    }
  }
}
