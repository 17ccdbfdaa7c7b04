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
 * The TLS of the listener, from a Spring SSL bundle. When the bundle is reloaded, connections that
 * start TLS later get its new certificate, and existing ones keep theirs. Thread-safe.
 */
public final class Tls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private final TlsProperties properties;
  private final Duration handshakeTimeout;

  /**
   * Guarded by this. OpenSSL's is reference-counted: it is freed when neither this nor an engine
   * uses it.
   */
  private @Nullable SslContext context;

  /** Guarded by this. Verifies the certificates of clients; null if none are asked for. */
  private @Nullable NamelessTrustManager trusted;

  /**
   * Loads the configured TLS.
   *
   * @param handshakeTimeout how long the TLS handshake may take
   * @param allBundles returns the bundles; not called if TLS is off
   * @throws UnusableConfigurationException if the bundle does not exist or cannot be used
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
   * Returns the subject of the client's certificate; null if it has shown none, or was not asked.
   * The certificate is verified again, because a resumed session has the one that was verified when
   * it began, which may have expired since.
   *
   * @throws CertificateException if it would not be accepted now
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

  /** Creates the handler that encrypts a connection. It may ask the client for a certificate. */
  public SslHandler handler(ByteBufAllocator allocator) {
    SslHandler handler = new SslHandler(engine(allocator));
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  /**
   * Creates an engine that takes one record at a time and keeps nothing, as TlsTransport needs.
   * Engines within handlers that Netty creates do not. The engine retains its context.
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

  /**
   * Returns the TLS implementation. OpenSSL's library is loaded only here, because that takes time.
   */
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

  /**
   * Returns the supported versions that the bundle enables, or all supported ones if it names none.
   */
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
   * Fails without a truststore, because Java would then trust every certificate that a public
   * authority has signed.
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
