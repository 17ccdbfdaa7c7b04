package dev.sluice.server;

import dev.sluice.export.ClientCertificates;
import dev.sluice.server.TlsProperties.Mode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
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
final class Tls implements ClientCertificates {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private final TlsProperties properties;
  private final Duration handshakeTimeout;
  private volatile @Nullable SslContext context;

  /** Fails when TLS is configured and its bundle is not there, or cannot be used. */
  Tls(NbdProperties nbd, SslBundles bundles) throws SSLException {
    this.properties = nbd.tls();
    this.handshakeTimeout = nbd.handshakeTimeout();
    if (properties.mode() != Mode.OFF) {
      String name = Objects.requireNonNull(properties.bundle());
      context = context(bundles.getBundle(name));
      bundles.addBundleUpdateHandler(name, this::reload);
    }
  }

  Mode mode() {
    return properties.mode();
  }

  @Override
  public Optional<String> whyNone() {
    if (properties.mode() == Mode.OFF) {
      return Optional.of(
          "no client can show a certificate, since sluice.nbd.tls.mode is off; expected allow or"
              + " require, and sluice.nbd.tls.client-auth want or need");
    }
    return properties.clientAuth() == ClientAuth.NONE
        ? Optional.of(
            "no client is asked for a certificate, since sluice.nbd.tls.client-auth is none;"
                + " expected want or need")
        : Optional.empty();
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
    SslContext current = Objects.requireNonNull(context, "TLS is off");
    SslHandler handler = current.newHandler(allocator);
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  private void reload(SslBundle bundle) {
    try {
      context = context(bundle);
      log.info("NBD uses the SSL bundle '{}' as it is now", properties.bundle());
    } catch (SSLException | RuntimeException e) {
      log.error(
          "NBD cannot use the SSL bundle '{}' as it is now, and keeps what it had",
          properties.bundle(),
          e);
    }
  }

  private SslContext context(SslBundle bundle) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory())
            // TlsTransport counts on the JDK's engine: it takes a record at a time and keeps
            // nothing.
            .sslProvider(SslProvider.JDK)
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
