package dev.sluice.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * What is in the secret with tokens that a chart has made.
 *
 * @param entries the file that Sluice is given
 * @param operator an operator's token
 * @param viewer a viewer's
 * @param metrics one for scrapes
 */
record ChartTokens(String entries, String operator, String viewer, String metrics) {

  static ChartTokens of(Chart chart) {
    Secret secret = secret(chart);
    return new ChartTokens(
        decoded(secret, "tokens"),
        decoded(secret, "operator"),
        decoded(secret, "viewer"),
        decoded(secret, "metrics"));
  }

  static Secret secret(Chart chart) {
    return chart.only(Secret.class, "demo-sluice-tokens");
  }

  private static String decoded(Secret secret, String key) {
    return new String(Base64.getDecoder().decode(secret.getData().get(key)), UTF_8);
  }

  /** The entries in a file, as the pod has them. */
  Path file() {
    return write("tokens", entries);
  }

  /** The viewer's token in a file, as sidecars have it. */
  Path viewerFile() {
    return write("viewer", viewer);
  }

  private static Path write(String kind, String content) {
    try {
      return Files.writeString(Workspace.newPath(kind), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
