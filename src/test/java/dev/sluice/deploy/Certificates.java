package dev.sluice.deploy;

import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;

/** What is in the secrets with certificates that a chart has made. */
final class Certificates {

  private Certificates() {}

  /** The secret with the certificate of a chart's release. */
  static Secret leaf(Chart chart) {
    return chart.only(Secret.class, "demo-sluice-tls");
  }

  /** The secret with the authority that has signed it. */
  static Secret authority(Chart chart) {
    return chart.only(Secret.class, "demo-sluice-ca");
  }

  static X509Certificate read(Secret secret, String key) {
    try {
      byte[] pem = Base64.getDecoder().decode(secret.getData().get(key));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem));
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A folder with a file for each key, as a pod that mounts the secret has it. */
  static Path files(Secret secret) {
    Path folder = Workspace.newFolder("secret");
    try {
      for (Map.Entry<String, String> entry : secret.getData().entrySet()) {
        Files.write(folder.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }
}
