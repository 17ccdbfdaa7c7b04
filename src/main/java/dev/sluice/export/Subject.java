package dev.sluice.export;

import javax.security.auth.x500.X500Principal;

/**
 * Whom a certificate is for. Two names are the same if their attributes are, in the same order,
 * whatever the case of letters and the spaces (RFC 5280, 7.1).
 *
 * @param text as somebody wrote it
 * @param name what it means
 */
public record Subject(String text, X500Principal name) {

  private static final String EXPECTED =
      "expected a certificate's subject as in RFC 4514, such as \"CN=backup,O=Example\"";

  /**
   * The subject that a text stands for.
   *
   * @throws IllegalArgumentException when it is none; the message says what was expected
   */
  public static Subject parse(String text) {
    X500Principal name;
    try {
      name = new X500Principal(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    if (name.getName().isEmpty()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new Subject(text, name);
  }
}
