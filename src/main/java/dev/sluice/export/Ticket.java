package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What opens the data of one export, and nothing else, to whoever has it. Nobody keeps the secret
 * itself: what is kept is its hash, which is as good as none for somebody who reads it.
 *
 * @param secret of 256 random bits, of the characters of a URL's query that need no escape
 */
public record Ticket(String secret) {

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new one, which nobody can guess. */
  public static Ticket random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new Ticket(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Its SHA-256 in hexadecimal digits; no salt is needed, since nobody can try all secrets. */
  public String hash() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether it is the one with a hash; takes as long whether it is or not. */
  public boolean has(@Nullable String hash) {
    return hash != null && MessageDigest.isEqual(hash().getBytes(UTF_8), hash.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "a ticket";
  }
}
