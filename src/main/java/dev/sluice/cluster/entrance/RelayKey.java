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
 * What a process puts its name to statements with. Only the half that checks them is told to
 * others, and this one ends with the process.
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

  /** The half that is told to others. */
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
   * Whether a statement was signed by whoever has the other half; false if there is no such key.
   */
  static boolean hasSigned(String text, byte[] statement, byte[] signature) {
    try {
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(statement);
      return check.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
