package dev.sluice.cli.streaming;

import dev.sluice.cli.common.UsageException;
import dev.sluice.posix.FilePath;
import dev.sluice.server.transport.TlsProperties.Mode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for TLS, as in nbdkit-tls(1). */
final class TlsOptions {

  @Option(
      names = "--tls",
      paramLabel = "off|on|require",
      order = 10,
      description = "Refuse, permit or require TLS; off by default.")
  private @Nullable String tls;

  @Option(
      names = "--tls-certificates",
      paramLabel = "FOLDER",
      order = 11,
      description = "Where ca-cert.pem, server-cert.pem and server-key.pem are.")
  private @Nullable String folder;

  @Option(
      names = "--tls-verify-peer",
      order = 12,
      description = "Let only clients in whose certificate ca-cert.pem has signed.")
  private boolean verifyPeer;

  /**
   * Returns the folder of the certificates; null if there is no TLS.
   *
   * @throws UsageException when one option makes no sense without another
   */
  @Nullable FilePath folder() {
    if (mode() == Mode.OFF) {
      if (folder != null && tls == null) {
        throw new UsageException("--tls-certificates without --tls; expected --tls=on or require");
      }
      return null;
    }
    if (folder == null) {
      throw new UsageException("--tls=%s needs --tls-certificates=FOLDER".formatted(tls));
    }
    return ServerOptions.path("--tls-certificates", folder);
  }

  /** Returns whether clients need a certificate. */
  boolean verifiesPeers() {
    return verifyPeer;
  }

  /** Returns the scheme of a URI that every client can use. */
  String scheme() {
    return mode() == Mode.REQUIRE ? "nbds" : "nbd";
  }

  /** Returns whether clients can, or have to, use TLS. */
  Mode mode() {
    return switch (tls == null ? "off" : tls.toLowerCase(Locale.ROOT)) {
      case "off", "0", "no", "n", "false", "f" -> Mode.OFF;
      case "on", "1", "yes", "y", "true", "t" -> Mode.ALLOW;
      case "require", "required", "force" -> Mode.REQUIRE;
      default -> throw new UsageException("--tls=%s: expected off, on or require".formatted(tls));
    };
  }
}
