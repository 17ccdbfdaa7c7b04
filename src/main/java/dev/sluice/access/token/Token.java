package dev.sluice.access.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A configured bearer token, of which only the SHA-256 is kept. */
final class Token {

  static final String EXPECTED =
      "expected [ROLE:]TOKEN or [ROLE:]sha256:HEX, where ROLE is metrics, viewer or operator (which"
          + " it is if left out), TOKEN consists of letters, digits and -._~+/ with = at its end at"
          + " most and is none of these words, and HEX is what `printf %s TOKEN | sha256sum` prints";

  /** The token's characters are those of RFC 6750, section 2.1. */
  private static final Pattern FORM =
      Pattern.compile("(?:([a-z]+):)?(?:sha256:([0-9a-fA-F]{64})|([A-Za-z0-9._~+/-]+=*))");

  /** Shorter than 64 random bits in hexadecimal. */
  private static final int SHORT = 16;

  private static final int ID_DIGITS = 8;

  private final Role role;
  private final byte[] sha256;
  private final boolean guessable;

  private Token(Role role, byte[] sha256, boolean guessable) {
    this.role = role;
    this.sha256 = sha256;
    this.guessable = guessable;
  }

  /**
   * Parses an entry of the configuration.
   *
   * @throws IllegalArgumentException if it is invalid; the message does not repeat it
   */
  static Token parse(String entry) {
    Matcher matcher = FORM.matcher(entry);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    String word = matcher.group(1);
    Role role =
        word == null
            ? Role.OPERATOR
            : Role.of(word).orElseThrow(() -> new IllegalArgumentException(EXPECTED));
    String text = matcher.group(3);
    if (text != null && Role.of(text).isPresent()) {
      throw new IllegalArgumentException(EXPECTED); // a role without its token
    }
    byte[] sha256 = text == null ? HexFormat.of().parseHex(matcher.group(2)) : sha256(text);
    return new Token(role, sha256, text != null && text.length() < SHORT);
  }

  /** Returns the role of its holder. */
  Role role() {
    return role;
  }

  /** Returns the first digits of its SHA-256, which identify it in logs. */
  String id() {
    return hex(sha256).substring(0, ID_DIGITS);
  }

  /** Returns whether it was configured as a text so short that it can be guessed. */
  boolean isGuessable() {
    return guessable;
  }

  static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Compares in constant time. */
  boolean hasSha256(byte[] other) {
    return MessageDigest.isEqual(sha256, other);
  }

  @Override
  public String toString() {
    return role.word() + " " + id();
  }
}
