package dev.sluice.server.transport;

import dev.sluice.configuration.Reasons;
import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.server.transport.TlsProperties.Mode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl.ClientAuth;

/**
 * The listener's side of TLS, from a Spring SSL bundle. When the bundle is reloaded, connections
 * that start TLS from then on get its new certificate; others keep what they have. Thread-safe.
 */
public final class Tls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private final TlsProperties properties;
  private final Duration handshakeTimeout;

  /** Guarded by this: OpenSSL's is freed when neither this nor an engine has it any more. */
  private @Nullable SslContext context;

  /** Guarded by this: what certificates of clients are checked against; null if none is. */
  private @Nullable NamelessTrustManager trusted;

  /**
   * The TLS that is configured.
   *
   * @param handshakeTimeout how long a client may take to begin it
   * @param allBundles where the bundle is; nobody looks there if TLS is off
   * @throws UnusableConfigurationException when the bundle is not there, or cannot be used
   */
  public Tls(TlsProperties properties, Duration handshakeTimeout, Supplier<SslBundles> allBundles) {
    this.properties = properties;
    this.handshakeTimeout = handshakeTimeout;
    if (properties.mode() != Mode.OFF) {
      requireProvider();
      log.info(
          "NBD uses the TLS of {}",
          provider() == SslProvider.JDK ? "the JDK" : OpenSsl.versionString());
      String name = Objects.requireNonNull(properties.bundle());
      SslBundles bundles = allBundles.get();
      try {
        use(bundles.getBundle(name));
      } catch (SSLException | RuntimeException e) {
        throw unusable(
            "sluice.nbd.tls.bundle, '%s',".formatted(name),
            e,
            "Name an SSL bundle that has a certificate and its key (spring.ssl.bundle.pem.%s.keystore"
                    .formatted(name)
                + ".certificate and .private-key).");
      }
      bundles.addBundleUpdateHandler(name, this::reload);
    }
  }

  /**
   * Whom the certificate is for that a client has shown; null if none. It is verified once more: a
   * session that is resumed brings along the one that was verified when it began, which may have
   * expired since.
   *
   * @throws CertificateException when it would not be accepted now
   */
  public @Nullable X500Principal subject(SSLEngine engine) throws CertificateException {
    NamelessTrustManager now = trusted();
    if (now == null) {
      return null; // it was not asked for one
    }
    Certificate[] shown;
    try {
      shown = engine.getSession().getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      return null; // it has none
    }
    X509Certificate[] chain = Arrays.copyOf(shown, shown.length, X509Certificate[].class);
    now.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    return chain[0].getSubjectX500Principal();
  }

  private synchronized @Nullable NamelessTrustManager trusted() {
    return trusted;
  }

  /** What makes a connection encrypted, as one of a server that may ask for a certificate. */
  public SslHandler handler(ByteBufAllocator allocator) {
    SslHandler handler = new SslHandler(engine(allocator));
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  /**
   * TlsTransport counts on what an engine of this method does, and those within handlers of Netty's
   * making do not: it takes a record at a time and keeps nothing. The engine keeps its context.
   */
  private synchronized SSLEngine engine(ByteBufAllocator allocator) {
    SSLEngine engine = Objects.requireNonNull(context, "TLS is off").newEngine(allocator);
    return engine instanceof ReferenceCounted ? engine : new GuardedEngine(engine);
  }

  private void use(SslBundle bundle) throws SSLException {
    NamelessTrustManager trust = trust(bundle);
    use(context(bundle, trust), trust);
  }

  private synchronized void use(@Nullable SslContext next, @Nullable NamelessTrustManager trust) {
    ReferenceCountUtil.release(context);
    context = next;
    trusted = trust;
  }

  @Override
  public void close() {
    use(null, null);
  }

  private void reload(SslBundle bundle) {
    try {
      use(bundle);
      log.info("NBD uses the SSL bundle '{}' as it is now", properties.bundle());
    } catch (SSLException | RuntimeException e) {
      log.error(
          "NBD cannot use the SSL bundle '{}' as it is now, and keeps what it had",
          properties.bundle(),
          e);
    }
  }

  private void requireProvider() {
    if (properties.provider() == TlsProperties.Provider.OPENSSL && !OpenSsl.isAvailable()) {
      throw unusable(
          "sluice.nbd.tls.provider, openssl,",
          OpenSsl.unavailabilityCause(),
          """
          Set sluice.nbd.tls.provider to auto or jdk. If the folder for temporary files is mounted noexec,
          name another with the JVM's option -Djava.io.tmpdir=FOLDER.\
          """);
    }
  }

  private static UnusableConfigurationException unusable(
      String key, Throwable cause, String remedy) {
    return new UnusableConfigurationException(
        "NBD cannot use TLS as %s asks for it: %s".formatted(key, Reasons.of(cause)), remedy);
  }

  /** Whose TLS it is. OpenSSL's library is loaded only here, since that takes its time. */
  private SslProvider provider() {
    if (properties.provider() == TlsProperties.Provider.JDK) {
      return SslProvider.JDK;
    }
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  private @Nullable NamelessTrustManager trust(SslBundle bundle) {
    if (properties.clientAuth() == ClientAuth.NONE) {
      return null;
    }
    requireTrust(bundle.getStores().getTrustStore());
    return NamelessTrustManager.of(bundle.getManagers().getTrustManagerFactory());
  }

  private SslContext context(SslBundle bundle, @Nullable NamelessTrustManager trust)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory())
            .sslProvider(provider())
            .protocols(versions(bundle.getOptions().getEnabledProtocols()));
    String[] ciphers = bundle.getOptions().getCiphers();
    if (ciphers != null) {
      builder.ciphers(List.of(ciphers));
    }
    if (trust != null) {
      builder
          .trustManager(trust)
          .clientAuth(
              properties.clientAuth() == ClientAuth.NEED
                  ? io.netty.handler.ssl.ClientAuth.REQUIRE
                  : io.netty.handler.ssl.ClientAuth.OPTIONAL);
    }
    return builder.build();
  }

  /** Those of the bundle's that may be used; all that may be if it names none. */
  private List<String> versions(String @Nullable [] enabled) {
    List<String> versions =
        enabled == null ? VERSIONS : VERSIONS.stream().filter(List.of(enabled)::contains).toList();
    if (versions.isEmpty()) {
      throw new IllegalStateException(
          "the SSL bundle '%s' enables none of %s".formatted(properties.bundle(), VERSIONS));
    }
    return versions;
  }

  /**
   * Without one, Java would take the certificate of anybody whom a public authority vouches for.
   */
  private void requireTrust(@Nullable KeyStore trusted) {
    if (trusted == null) {
      throw new IllegalStateException(
          ("the SSL bundle '%s' has no truststore (expected: the certificate of the authority that"
                  + " signs clients' certificates, since sluice.nbd.tls.client-auth is %s)")
              .formatted(
                  properties.bundle(), properties.clientAuth().name().toLowerCase(Locale.ROOT)));
    }
  }
}
