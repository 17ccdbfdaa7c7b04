package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A secret that gives access to the data of one export, and to nothing else. Only its hash is
 * stored, which is useless to a reader.
 *
 * @param secret 256 random bits, in characters that need no escape in a URL's query
 */
public record Ticket(String secret) {

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Creates a ticket that nobody can guess. */
  public static Ticket random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new Ticket(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * Returns its SHA-256 in hexadecimal digits. No salt is needed, since nobody can try 2^256
   * secrets.
   */
  public String hash() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Returns whether it has this hash, in constant time. */
  public boolean has(@Nullable String hash) {
    return hash != null && MessageDigest.isEqual(hash().getBytes(UTF_8), hash.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "a ticket";
  }
}
