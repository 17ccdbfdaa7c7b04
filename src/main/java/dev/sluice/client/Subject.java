package dev.sluice.client;

import javax.security.auth.x500.X500Principal;

/**
 * The subject of a certificate. Two are equal if they have the same attributes in the same order,
 * with the same values character by character.
 *
 * @param text the name as it was configured
 * @param name the parsed name
 */
public record Subject(String text, X500Principal name) {

  private static final String EXPECTED =
      "expected a certificate's subject as in RFC 4514, such as \"CN=backup,O=Example\"";

  /** Java's replacement for undecodable bytes. Several names would look the same with it. */
  private static final String NO_TEXT = "\uFFFD";

  /**
   * Parses a subject.
   *
   * @throws IllegalArgumentException if the text is invalid; the message says what was expected
   */
  public static Subject parse(String text) {
    X500Principal name;
    try {
      name = new X500Principal(new X500Principal(text).getEncoded()); // encoding sorts its sets
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    if (exactly(name).isEmpty() || text.contains(NO_TEXT)) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new Subject(text, name);
  }

  /**
   * Returns whether a certificate has this subject. Java's own comparison ignores case and treats
   * characters that only look alike as equal (NFKD), though an authority may give such names to
   * different clients. But it compares the types of values, which are not in their texts. So both
   * comparisons are needed.
   */
  boolean is(X500Principal shown) {
    return name.equals(shown) && exactly(name).equals(exactly(shown));
  }

  private static String exactly(X500Principal name) {
    return name.getName(X500Principal.RFC2253);
  }
}
