package dev.sluice.cli.remote.http;

import dev.sluice.cli.common.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The authorities that may sign the certificate of a service. */
final class Trust {

  private Trust() {}

  /**
   * Returns a TLS context that trusts only the certificates of a PEM file.
   *
   * @throws UsageException when it contains none, or cannot be read
   */
  static SSLContext in(String file) {
    Collection<? extends Certificate> authorities = certificates(file);
    if (authorities.isEmpty()) {
      throw new UsageException(
          "--ca=%s: there is no certificate in it; expected PEM".formatted(file));
    }
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS cannot be used", e);
    }
  }

  private static Collection<? extends Certificate> certificates(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    } catch (CertificateException e) {
      throw new UsageException(
          "--ca=%s: it cannot be understood; expected certificates as PEM".formatted(file));
    } catch (IOException e) {
      throw new UsageException("--ca=%s: it cannot be read: %s".formatted(file, e));
    }
  }
}
