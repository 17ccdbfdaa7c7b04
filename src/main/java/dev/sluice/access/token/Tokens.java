package dev.sluice.access.token;

import dev.sluice.configuration.UnusableConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens that are valid now: the configuration's, and those of its file. Thread-safe.
 */
public final class Tokens {

  private final List<Token> configured;
  private final @Nullable TokensFile file;

  /**
   * Reads them all.
   *
   * @param entries the configuration's, as {@link Token#parse} reads them
   * @param path of a file with such entries; null if there is none
   * @throws UnusableConfigurationException when one is none, or the file cannot be used
   */
  public Tokens(List<String> entries, @Nullable Path path) {
    configured = TokenEntries.parse(entries, "sluice.security.tokens");
    TokenEntries.warnOfGuessable(configured);
    file = path == null ? null : new TokensFile(path);
  }

  /** Whether tokens are configured, be it by a file that has none now. */
  public boolean areConfigured() {
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
}
