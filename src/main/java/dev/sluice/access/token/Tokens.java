package dev.sluice.access.token;

import dev.sluice.configuration.UnusableConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bearer tokens that are valid now: configured ones, and those of a file. Thread-safe. */
public final class Tokens {

  private final List<Token> configured;
  private final @Nullable TokensFile file;

  /**
   * Reads all tokens.
   *
   * @param entries the configured entries, see {@link Token#parse}
   * @param path a file with such entries; null for none
   * @throws UnusableConfigurationException if an entry is invalid, or the file cannot be used
   */
  public Tokens(List<String> entries, @Nullable Path path) {
    configured = TokenEntries.parse(entries, "sluice.security.tokens");
    TokenEntries.warnOfGuessable(configured);
    file = path == null ? null : new TokensFile(path);
  }

  /** Returns whether tokens are configured, even by a file that has none now. */
  public boolean areConfigured() {
    return !configured.isEmpty() || file != null;
  }

  /** Returns the token that a caller presents, if it is valid. */
  Optional<Token> find(String presented) {
    byte[] sha256 = Token.sha256(presented);
    Optional<Token> found = find(sha256, configured);
    return found.isPresent() || file == null ? found : find(sha256, file.tokens());
  }

  private static Optional<Token> find(byte[] sha256, List<Token> tokens) {
    return tokens.stream().filter(token -> token.hasSha256(sha256)).findFirst();
  }

  /**
   * Returns why the file cannot be used; empty if it can, or there is none. Meanwhile none of its
   * tokens is valid.
   */
  public Optional<String> trouble() {
    return file == null ? Optional.empty() : file.trouble();
  }
}
