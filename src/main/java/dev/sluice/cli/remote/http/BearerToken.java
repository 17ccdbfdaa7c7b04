package dev.sluice.cli.remote.http;

import dev.sluice.cli.common.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the bearer token: in a file or an environment variable, never in an argument. */
final class BearerToken {

  static final String VARIABLE = "SLUICE_TOKEN";
  static final String FILE_VARIABLE = "SLUICE_TOKEN_FILE";

  private static final int MAX_BYTES = 64 * 1024;

  /** The characters of a token (RFC 6750, 2.1). */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private BearerToken() {}

  /**
   * Returns the token; empty if none is given.
   *
   * @param option the file that was named on the command line; null if none was
   * @throws UsageException when it cannot be read, or is not a token; the message does not contain
   *     it
   */
  static Optional<String> find(
      @Nullable String option, Function<String, @Nullable String> variables) {
    if (option != null) {
      return Optional.of(read("--token-file", option));
    }
    String token = variables.apply(VARIABLE);
    if (token != null && !token.isBlank()) {
      return Optional.of(checked(VARIABLE, token));
    }
    String file = variables.apply(FILE_VARIABLE);
    return file == null || file.isEmpty()
        ? Optional.empty()
        : Optional.of(read(FILE_VARIABLE, file));
  }

  private static String read(String source, String file) {
    String name = source + "=" + file;
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new UsageException("%s: it is too long; expected one token".formatted(name));
      }
      return checked(name, new String(bytes, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new UsageException("%s: there is no such file".formatted(name));
    } catch (IOException e) {
      throw new UsageException("%s: it cannot be read: %s".formatted(name, e.getMessage()));
    }
  }

  private static String checked(String source, String text) {
    String token = text.strip();
    if (!FORM.matcher(token).matches()) {
      throw new UsageException(
          "%s: it has no bearer token; expected letters, digits and -._~+/ on one line"
              .formatted(source));
    }
    return token;
  }
}
