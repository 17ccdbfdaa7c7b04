package dev.sluice.client;

import javax.security.auth.x500.X500Principal;

/**
 * Whom a certificate is for. Two names are the same if their attributes are, in the same order,
 * with the same values, character by character.
 *
 * @param text as somebody wrote it
 * @param name what it means
 */
public record Subject(String text, X500Principal name) {

  private static final String EXPECTED =
      "expected a certificate's subject as in RFC 4514, such as \"CN=backup,O=Example\"";

  /** What Java shows of bytes that are no text: several names would look the same. */
  private static final String NO_TEXT = "\uFFFD";

  /**
   * The subject that a text stands for.
   *
   * @throws IllegalArgumentException when it is none; the message says what was expected
   */
  public static Subject parse(String text) {
    X500Principal name;
    try {
      name = new X500Principal(new X500Principal(text).getEncoded()); // with its sets in order
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    if (exactly(name).isEmpty() || text.contains(NO_TEXT)) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new Subject(text, name);
  }

  /**
   * Whether a certificate for this name is meant. Java's own comparison takes letters for the same
   * that only look alike (NFKD), and capitals for small ones, though an authority may give both to
   * different clients; but it knows the types of values, which their texts do not tell.
   */
  boolean is(X500Principal shown) {
    return name.equals(shown) && exactly(name).equals(exactly(shown));
  }

  private static String exactly(X500Principal name) {
    return name.getName(X500Principal.RFC2253);
  }
}
