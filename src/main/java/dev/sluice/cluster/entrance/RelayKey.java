package dev.sluice.cluster.entrance;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * The key pair with which a process signs statements. Only the public key is published; the private
 * key never leaves the process.
 */
final class RelayKey {

  private static final String ALGORITHM = "Ed25519";

  private final KeyPair pair;

  RelayKey() {
    try {
      pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java since 15 has " + ALGORITHM, e);
    }
  }

  /** Returns the public key: its X.509 encoding, in base64. */
  String text() {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  byte[] sign(byte[] statement) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(pair.getPrivate());
      signature.update(statement);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of this process cannot sign", e);
    }
  }

  /**
   * Returns whether a statement was signed with the private key of this public one; false if the
   * text is no key.
   */
  static boolean hasSigned(String publicKey, byte[] statement, byte[] signature) {
    try {
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(publicKey)));
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(statement);
      return check.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
