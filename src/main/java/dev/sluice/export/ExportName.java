package dev.sluice.export;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The rule for names: 1 to 128 of the ASCII letters and digits, '.', '_' and '-'. So a name needs
 * no escape in a URI, a log line or a shell. "." and ".." are not names, because they have another
 * meaning at the end of a URI.
 */
public final class ExportName {

  static final int MAX_LENGTH = 128;

  private static final Pattern RULE = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");
  private static final int RANDOM_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private ExportName() {}

  /** Returns what is wrong with a name; empty if it is valid. */
  public static Optional<String> complaint(String name) {
    if (name.equals(".") || name.equals("..")) {
      return Optional.of("\".\" and \"..\" cannot be names, since they cannot end a URI");
    }
    return RULE.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "expected 1 to %d of the characters A-Z, a-z, 0-9, '.', '_' and '-'"
                .formatted(MAX_LENGTH));
  }

  /** Returns a name of 128 random bits, which nobody can guess. */
  public static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
