package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.common.UsageException;
import dev.sluice.posix.FilePath;
import dev.sluice.server.transport.TlsProperties;
import dev.sluice.server.transport.TlsProperties.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import picocli.CommandLine.Option;

/** Whether and how connections are encrypted, as nbdkit-tls(1) has it. */
final class TlsOptions {

  private static final String BUNDLE = "tls";
  private static final String AUTHORITY = "ca-cert.pem";
  private static final String CERTIFICATE = "server-cert.pem";
  private static final String KEY = "server-key.pem";

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

  /** The properties of the server. */
  TlsProperties properties() {
    Mode mode = mode();
    if (mode == Mode.OFF) {
      if (folder != null && tls == null) {
        throw new UsageException("--tls-certificates without --tls; expected --tls=on or require");
      }
      return new TlsProperties(Mode.OFF, null, ClientAuth.NONE, TlsProperties.Provider.AUTO);
    }
    if (folder == null) {
      throw new UsageException("--tls=%s needs --tls-certificates=FOLDER".formatted(tls));
    }
    return new TlsProperties(
        mode, BUNDLE, verifyPeer ? ClientAuth.NEED : ClientAuth.NONE, TlsProperties.Provider.AUTO);
  }

  /** Of the URIs by which every client can come. */
  String scheme() {
    return mode() == Mode.REQUIRE ? "nbds" : "nbd";
  }

  private Mode mode() {
    return switch (tls == null ? "off" : tls.toLowerCase(Locale.ROOT)) {
      case "off", "0", "no", "n", "false", "f" -> Mode.OFF;
      case "on", "1", "yes", "y", "true", "t" -> Mode.ALLOW;
      case "require", "required", "force" -> Mode.REQUIRE;
      default -> throw new UsageException("--tls=%s: expected off, on or require".formatted(tls));
    };
  }

  /** What the server finds its certificate in. */
  SslBundles bundles() {
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    if (mode() != Mode.OFF && folder != null) {
      bundles.registerBundle(BUNDLE, bundle(ServerOptions.path("--tls-certificates", folder)));
    }
    return bundles;
  }

  private static SslBundle bundle(FilePath folder) {
    for (String name : List.of(AUTHORITY, CERTIFICATE, KEY)) {
      if (!Files.isReadable(Path.of(folder.text(), name))) {
        throw new FailedException(
            "TLS cannot be used: %s/%s is not there, or may not be read".formatted(folder, name));
      }
    }
    return SslBundle.of(
        new PemSslStoreBundle(
            PemSslStoreDetails.forCertificate(file(folder, CERTIFICATE))
                .withPrivateKey(file(folder, KEY)),
            PemSslStoreDetails.forCertificate(file(folder, AUTHORITY))));
  }

  private static String file(FilePath folder, String name) {
    return "file:" + folder + "/" + name;
  }
}
