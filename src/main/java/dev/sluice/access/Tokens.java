package dev.sluice.access;

import dev.sluice.configuration.UnusableConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The bearer tokens that are valid now. Those of the file follow it: when it has changed it is read
 * again with the next request, so that a token can be replaced while streams run. Thread-safe.
 */
@Component
final class Tokens {

  /** No sensible configuration has more, and each costs every request a comparison. */
  static final int MAX_TOKENS = 1000;

  private static final long MAX_FILE_BYTES = 256 * 1024;

  private static final Logger log = LoggerFactory.getLogger(Tokens.class);

  private final List<Token> configured;
  private final @Nullable Path file;
  private volatile FromFile fromFile = new FromFile(List.of(), FileTime.fromMillis(0));

  /**
   * What a file held.
   *
   * @param changed when it was changed last, then
   */
  private record FromFile(List<Token> tokens, FileTime changed) {}

  /**
   * Reads them all.
   *
   * @throws UnusableConfigurationException when one is none, or the file cannot be read
   */
  Tokens(AccessProperties properties) {
    configured = parse(properties.tokens(), "sluice.security.tokens");
    file = properties.tokensFile();
    if (file != null) {
      try {
        fromFile = read(file);
      } catch (IOException e) {
        throw new UnusableConfigurationException(
            "The file of sluice.security.tokens-file cannot be read: " + e,
            "Name a file that this user may read, with one token on each line.");
      }
    }
    all().filter(Token::isGuessable).forEach(Tokens::warn);
  }

  private static void warn(Token token) {
    log.warn(
        "The token {} ({}) is so short that it can be guessed", token.id(), token.role().word());
  }

  /** Whether tokens are configured, be it by a file that has none now. */
  boolean areConfigured() {
    return !configured.isEmpty() || file != null;
  }

  /** The token that somebody presents, if it is valid. */
  Optional<Token> find(String presented) {
    refresh();
    byte[] sha256 = Token.sha256(presented);
    return all().filter(token -> token.hasSha256(sha256)).findFirst();
  }

  private Stream<Token> all() {
    return Stream.concat(configured.stream(), fromFile.tokens().stream());
  }

  private void refresh() {
    Path path = file;
    if (path == null) {
      return;
    }
    try {
      if (!Files.getLastModifiedTime(path).equals(fromFile.changed())) {
        reload(path);
      }
    } catch (IOException e) {
      log.debug("{} cannot be looked at, so its tokens stay as they were", path, e);
    }
  }

  private synchronized void reload(Path path) throws IOException {
    FileTime changed = Files.getLastModifiedTime(path);
    if (changed.equals(fromFile.changed())) {
      return; // another request was quicker
    }
    try {
      fromFile = read(path);
      fromFile.tokens().stream().filter(Token::isGuessable).forEach(Tokens::warn);
      log.info("{} has {} token(s) now", path, fromFile.tokens().size());
    } catch (UnusableConfigurationException e) {
      log.error("{} cannot be used as it is now; its tokens stay: {}", path, e.getMessage());
      fromFile = new FromFile(fromFile.tokens(), changed);
    }
  }

  private static FromFile read(Path path) throws IOException {
    FileTime changed =
        Files.getLastModifiedTime(path); // before it is read, so that nothing is missed
    if (Files.size(path) > MAX_FILE_BYTES) {
      throw new UnusableConfigurationException(
          "%s has %d bytes (expected: <= %d)".formatted(path, Files.size(path), MAX_FILE_BYTES),
          "Put one token on each line.");
    }
    List<String> entries =
        Files.readString(path)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .flatMap(line -> Stream.of(line.split(",")))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .toList();
    return new FromFile(parse(entries, path.toString()), changed);
  }

  private static List<Token> parse(List<String> entries, String source) {
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
