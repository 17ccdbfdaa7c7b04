package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.springframework.http.ResponseEntity;

/** Creates weak entity tags (RFC 9110, 8.8.3). Responses with the same fields have the same tag. */
final class Etags {

  private static final int DIGITS = 32;

  private Etags() {}

  /** Responds with a body and its tag. Spring turns this into 304 if the request names that tag. */
  static <T> ResponseEntity<T> answer(T body, List<ExportView> shown) {
    MessageDigest digest = sha256();
    shown.forEach(export -> digest.update(facts(export).getBytes(StandardCharsets.UTF_8)));
    String tag = HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    return ResponseEntity.ok().eTag("W/\"" + tag + "\"").body(body);
  }

  /**
   * Returns the fields that can still change. Of an ended export only a few can, which matters in a
   * list with thousands of them.
   */
  private static String facts(ExportView export) {
    return export.endedAt() == null
        ? export.toString()
        : "%s %s %s %s %s %s"
            .formatted(
                export.id(),
                export.name(),
                export.state(),
                export.clients(),
                export.labels(),
                export.note());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
