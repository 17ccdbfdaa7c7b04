package dev.sluice.access.token;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.logging.LogContext;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of tokens. It is small, so it is read for each token that is presented: no change is
 * missed, whatever the file's time and length. If it is missing, unreadable, has a wrong line, or
 * everybody can change it, none of its tokens is valid until that is corrected. Thread-safe.
 */
final class TokensFile {

  static final int MAX_BYTES = 256 * 1024;

  private static final Logger log = LoggerFactory.getLogger(TokensFile.class);

  /** Far longer than reading the file takes. */
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Path path;
  private final PatientReader reader = new PatientReader(TIMEOUT);

  /** Guarded by this, which is never held while the file is read. */
  private State state = new State("", new Writers(Set.of(), Set.of()), List.of(), null);

  /**
   * What a look at the file has found.
   *
   * @param content the digest of its content
   * @param trouble why it cannot be used; null if it can
   */
  private record State(
      String content, Writers writers, List<Token> tokens, @Nullable String trouble) {}

  /**
   * Reads the file at a path.
   *
   * @throws UnusableConfigurationException if it cannot be used
   */
  TokensFile(Path path) {
    this.path = path;
    State first = look();
    if (first.trouble() != null) {
      throw new UnusableConfigurationException(
          "The file of sluice.security.tokens-file cannot be used: " + first.trouble(),
          "Name a file with one token on each line, which this user may read, and which nobody may"
              + " change who is not meant to give out tokens (chmod o-w). No token is repeated"
              + " here.");
    }
    adopt(first);
  }

  /** Returns the tokens that are valid now. */
  List<Token> tokens() {
    return now().tokens();
  }

  /** Returns why the file cannot be used now; empty if it can. */
  Optional<String> trouble() {
    return Optional.ofNullable(now().trouble());
  }

  private State now() {
    State found = look();
    return isNews(found) ? tellOf(found) : found;
  }

  private synchronized boolean isNews(State found) {
    return !found.equals(state);
  }

  private synchronized State tellOf(State found) {
    if (found.equals(state)) {
      return found;
    }
    adopt(found);
    if (found.trouble() == null) {
      log.info("{} has {} token(s) now", path, found.tokens().size());
    } else {
      log.error("No token of {} is valid any more until it is mended: {}", path, found.trouble());
    }
    return found;
  }

  private synchronized void adopt(State found) {
    state = found;
    if (found.trouble() != null) {
      return;
    }
    TokenEntries.warnOfGuessable(found.tokens());
    if (!found.writers().some().isEmpty()) {
      log.warn(
          "Others may change {}, and with it who may use the API: {}",
          path,
          String.join("; ", found.writers().some()));
    }
  }

  private State look() {
    State known = known();
    try {
      return reader.call(() -> lookTwice(known));
    } catch (IOException e) {
      String trouble = "it cannot be read: " + LogContext.oneLine(e.toString());
      return new State("", new Writers(Set.of(), Set.of()), List.of(), trouble);
    }
  }

  private synchronized State known() {
    return state;
  }

  private State lookTwice(State known) throws IOException {
    try {
      return look(known);
    } catch (NoSuchFileException e) {
      return look(known); // a symbolic link on the way may just have been replaced
    }
  }

  private State look(State known) throws IOException {
    Writers writers = Writers.of(path);
    byte[] bytes = read();
    String content = Token.hex(Token.sha256(bytes));
    if (content.equals(known.content()) && writers.equals(known.writers())) {
      return known;
    }
    try {
      return new State(content, writers, usable(bytes, writers), null);
    } catch (UnusableConfigurationException e) {
      return new State(content, writers, List.of(), e.getMessage());
    }
  }

  /**
   * Reads exactly the file that was checked, even if another takes its name meanwhile: reading a
   * FIFO would hang.
   */
  private byte[] read() throws IOException {
    try (Descriptor place =
        new Descriptor(PosixFiles.openPlace(new FilePath(path.toRealPath().toString())))) {
      if (PosixFiles.status(place.number()).kind() != Kind.REGULAR) {
        throw new IOException(path + " is no regular file");
      }
      try (InputStream in = Files.newInputStream(Path.of(PosixFiles.pathOf(place.number())))) {
        return in.readNBytes(MAX_BYTES + 1);
      }
    } catch (ErrnoException e) {
      throw e.errno() == Errno.ENOENT
          ? new NoSuchFileException(path.toString())
          : new IOException(e.getMessage(), e);
    }
  }

  private List<Token> usable(byte[] bytes, Writers writers) {
    if (!writers.everybody().isEmpty()) {
      throw new UnusableConfigurationException(
          "%s can be changed by everybody: %s"
              .formatted(path, String.join("; ", writers.everybody())),
          "");
    }
    if (bytes.length > MAX_BYTES) {
      throw new UnusableConfigurationException(
          "%s has more than %d bytes".formatted(path, MAX_BYTES), "");
    }
    List<String> entries =
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .flatMap(line -> Stream.of(line.split(",")))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .toList();
    return TokenEntries.parse(entries, path.toString());
  }
}
