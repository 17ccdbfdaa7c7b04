package dev.sluice.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * An authority that signs certificates, and the files that programs want them in. Its keys are
 * those of elliptic curves, which are made at once, or RSA's, which most programs have, and which
 * take tests of a few seconds too long to make.
 */
public final class Pki {

  private static final Duration DAY = Duration.ofDays(1);

  private final UnaryOperator<CertificateBuilder> keys;
  private final X509Bundle authority;

  /** A new authority, which nobody knows. */
  public Pki(String name) throws Exception {
    this(name, CertificateBuilder::ecp256);
  }

  /** As {@link #Pki(String)}, with keys of RSA. */
  public static Pki rsa(String name) throws Exception {
    return new Pki(name, CertificateBuilder::rsa2048);
  }

  private Pki(String name, UnaryOperator<CertificateBuilder> keys) throws Exception {
    this.keys = keys;
    authority =
        keys.apply(new CertificateBuilder())
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .setKeyUsage(
                true, CertificateBuilder.KeyUsage.keyCertSign, CertificateBuilder.KeyUsage.cRLSign)
            .buildSelfSigned();
  }

  /** The certificate of a server on this machine. */
  public X509Bundle server() throws Exception {
    return serverUntil(Instant.now().plus(DAY));
  }

  /** As {@link #server}, but out of date. */
  public X509Bundle expiredServer() throws Exception {
    return serverUntil(Instant.now().minus(Duration.ofHours(1)));
  }

  private X509Bundle serverUntil(Instant end) throws Exception {
    return leaf("CN=sluice", end)
        .addSanDnsName("localhost")
        .addSanIpAddress("127.0.0.1")
        .addExtendedKeyUsageServerAuth()
        .buildIssuedBy(authority);
  }

  /** The certificate of a client. */
  public X509Bundle client(String subject) throws Exception {
    return clientUntil(subject, Instant.now().plus(DAY));
  }

  /** As {@link #client}, but out of date. */
  public X509Bundle expiredClient(String subject) throws Exception {
    return clientUntil(subject, Instant.now().minus(Duration.ofHours(1)));
  }

  /** As {@link #client}, but out of date from then on. */
  public X509Bundle clientUntil(String subject, Instant end) throws Exception {
    return leaf(subject, end).addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
  }

  private CertificateBuilder leaf(String subject, Instant end) {
    return keys.apply(new CertificateBuilder())
        .subject(subject)
        .notBefore(Instant.now().minus(DAY))
        .notAfter(end)
        .setKeyUsage(true, CertificateBuilder.KeyUsage.digitalSignature);
  }

  /** A folder for a client that trusts this authority and has no certificate. */
  public Path folder() throws IOException {
    Path folder = Workspace.newFolder("pki");
    Files.writeString(folder.resolve("ca-cert.pem"), authority.getCertificatePEM());
    return folder;
  }

  /** A folder for a client that trusts this authority and has a certificate. */
  public Path folder(X509Bundle client) throws IOException {
    Path folder = folder();
    Files.writeString(folder.resolve("client-cert.pem"), client.getCertificatePEM());
    Files.writeString(folder.resolve("client-key.pem"), client.getPrivateKeyPEM());
    return folder;
  }

  /** What a client in this process needs that trusts this server, and has no certificate. */
  public static SSLContext trusting(X509Bundle server) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {server.toTrustManager()}, null);
    return context;
  }

  /**
   * Writes a server's files, over what is there.
   *
   * @param trusted who signs the certificates of clients
   */
  public static void writeServer(Path folder, X509Bundle server, Pki trusted) throws IOException {
    Files.writeString(folder.resolve("tls.key"), server.getPrivateKeyPEM());
    Files.writeString(folder.resolve("tls.crt"), server.getCertificatePEM());
    Files.writeString(folder.resolve("ca.crt"), trusted.authority.getCertificatePEM());
  }

  /** The properties of a service that uses a server's files. */
  public static List<String> properties(Path folder, String mode, String clientAuth) {
    String bundle = "spring.ssl.bundle.pem.nbd.";
    List<String> properties = new ArrayList<>();
    properties.add(bundle + "keystore.certificate=" + folder.resolve("tls.crt"));
    properties.add(bundle + "keystore.private-key=" + folder.resolve("tls.key"));
    properties.add(bundle + "truststore.certificate=" + folder.resolve("ca.crt"));
    properties.add(bundle + "reload-on-update=true");
    properties.add("spring.ssl.bundle.watch.file.quiet-period=200ms");
    properties.add("sluice.nbd.tls.mode=" + mode);
    properties.add("sluice.nbd.tls.bundle=nbd");
    properties.add("sluice.nbd.tls.client-auth=" + clientAuth);
    return properties;
  }
}
