package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.FilePath;
import dev.sluice.server.transport.TlsProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.web.server.Ssl.ClientAuth;

/**
 * Creates the server's TLS configuration. Separate from {@link TlsOptions}, so that Spring Boot's
 * classes are loaded only when they are needed.
 */
final class StreamTls {

  private static final String BUNDLE = "tls";
  private static final String AUTHORITY = "ca-cert.pem";
  private static final String CERTIFICATE = "server-cert.pem";
  private static final String KEY = "server-key.pem";

  private StreamTls() {}

  /** Returns the TLS properties of the server. */
  static TlsProperties properties(TlsOptions options) {
    @Nullable FilePath folder = options.folder();
    return new TlsProperties(
        options.mode(),
        folder == null ? null : BUNDLE,
        folder != null && options.verifiesPeers() ? ClientAuth.NEED : ClientAuth.NONE,
        TlsProperties.Provider.AUTO);
  }

  /** Returns the bundles with the server's certificate. */
  static SslBundles bundles(TlsOptions options) {
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    FilePath folder = options.folder();
    if (folder != null) {
      bundles.registerBundle(BUNDLE, bundle(folder));
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
