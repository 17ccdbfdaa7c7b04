package dev.sluice.server;

import dev.sluice.server.TlsProperties.Mode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
import org.springframework.stereotype.Component;

/**
 * The listener's side of TLS, from a Spring SSL bundle. When the bundle is reloaded, connections
 * that start TLS from then on get its new certificate; others keep what they have. Thread-safe.
 */
@Component
final class Tls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private final TlsProperties properties;
  private final Duration handshakeTimeout;

  /** Guarded by this: OpenSSL's is freed when neither this nor an engine has it any more. */
  private @Nullable SslContext context;

  /** Fails when TLS is configured and its bundle is not there, or cannot be used. */
  Tls(NbdProperties nbd, SslBundles bundles) {
    this.properties = nbd.tls();
    this.handshakeTimeout = nbd.handshakeTimeout();
    if (properties.mode() != Mode.OFF) {
      requireProvider();
      log.info(
          "NBD uses the TLS of {}",
          provider() == SslProvider.JDK ? "the JDK" : OpenSsl.versionString());
      String name = Objects.requireNonNull(properties.bundle());
      try {
        use(context(bundles.getBundle(name)));
      } catch (SSLException | RuntimeException e) {
        throw StartFailures.noTls(
            "sluice.nbd.tls.bundle, '%s',".formatted(name),
            e,
            "Name an SSL bundle that has a certificate and its key (spring.ssl.bundle.pem.%s.keystore"
                    .formatted(name)
                + ".certificate and .private-key).");
      }
      bundles.addBundleUpdateHandler(name, this::reload);
    }
  }

  Mode mode() {
    return properties.mode();
  }

  /** Whom the certificate is for that a client has shown, and that was verified; null if none. */
  static @Nullable X500Principal subject(SSLEngine engine) {
    try {
      return engine.getSession().getPeerPrincipal() instanceof X500Principal name ? name : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // it has no certificate, or was not asked for one
    }
  }

  /** What makes a connection encrypted, as one of a server that may ask for a certificate. */
  SslHandler handler(ByteBufAllocator allocator) {
    SslHandler handler = new SslHandler(engine(allocator));
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  /**
   * TlsTransport counts on what an engine of this method does, and those within handlers of Netty's
   * making do not: it takes a record at a time and keeps nothing. The engine keeps its context.
   */
  private synchronized SSLEngine engine(ByteBufAllocator allocator) {
    return Objects.requireNonNull(context, "TLS is off").newEngine(allocator);
  }

  private synchronized void use(@Nullable SslContext next) {
    ReferenceCountUtil.release(context);
    context = next;
  }

  @Override
  public void close() {
    use(null);
  }

  private void reload(SslBundle bundle) {
    try {
      use(context(bundle));
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
      throw StartFailures.noTls(
          "sluice.nbd.tls.provider, openssl,",
          OpenSsl.unavailabilityCause(),
          """
          Set sluice.nbd.tls.provider to auto or jdk. If the folder for temporary files is mounted noexec,
          name another with the JVM's option -Djava.io.tmpdir=FOLDER.""");
    }
  }

  /** Whose TLS it is. OpenSSL's library is loaded only here, since that takes its time. */
  private SslProvider provider() {
    if (properties.provider() == TlsProperties.Provider.JDK) {
      return SslProvider.JDK;
    }
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  private SslContext context(SslBundle bundle) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory())
            .sslProvider(provider())
            .protocols(versions(bundle.getOptions().getEnabledProtocols()));
    String[] ciphers = bundle.getOptions().getCiphers();
    if (ciphers != null) {
      builder.ciphers(List.of(ciphers));
    }
    if (properties.clientAuth() != ClientAuth.NONE) {
      requireTrust(bundle.getStores().getTrustStore());
      builder
          .trustManager(NamelessTrustManager.of(bundle.getManagers().getTrustManagerFactory()))
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
