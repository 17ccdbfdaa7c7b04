package dev.sluice.access;

import dev.sluice.configuration.UnusableConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The bearer tokens that are valid now: the configuration's, and those of its file. Thread-safe.
 */
@Component
public final class Tokens {

  /** No sensible configuration has more, and each costs every request a comparison. */
  static final int MAX_TOKENS = 1000;

  private static final Logger log = LoggerFactory.getLogger(Tokens.class);

  private final List<Token> configured;
  private final @Nullable TokensFile file;

  /**
   * Reads them all.
   *
   * @throws UnusableConfigurationException when one is none, or the file cannot be used
   */
  Tokens(AccessProperties properties) {
    configured = parse(properties.tokens(), "sluice.security.tokens");
    configured.stream().filter(Token::isGuessable).forEach(Tokens::warn);
    Path path = properties.tokensFile();
    file = path == null ? null : new TokensFile(path);
  }

  static void warn(Token token) {
    log.warn(
        "The token {} ({}) is so short that it can be guessed", token.id(), token.role().word());
  }

  /** Whether tokens are configured, be it by a file that has none now. */
  boolean areConfigured() {
    return !configured.isEmpty() || file != null;
  }

  /** The token that somebody presents, if it is valid. */
  Optional<Token> find(String presented) {
    byte[] sha256 = Token.sha256(presented);
    Optional<Token> found = find(sha256, configured);
    return found.isPresent() || file == null ? found : find(sha256, file.tokens());
  }

  private static Optional<Token> find(byte[] sha256, List<Token> tokens) {
    return tokens.stream().filter(token -> token.hasSha256(sha256)).findFirst();
  }

  /** Why no token of the file is valid now, in words, if it cannot be used. */
  public Optional<String> trouble() {
    return file == null ? Optional.empty() : file.trouble();
  }

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
}
