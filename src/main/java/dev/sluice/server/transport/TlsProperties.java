package dev.sluice.server.transport;

import dev.sluice.configuration.RelatedKeys;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.util.StringUtils;

/**
 * The configuration of TLS for NBD.
 *
 * @param mode whether clients may, or must, start TLS
 * @param bundle the Spring SSL bundle with the certificate, its key, and the truststore for
 *     certificates of clients
 * @param clientAuth whether clients are asked for a certificate, or must have one
 * @param provider the TLS implementation
 */
public record TlsProperties(
    @DefaultValue("off") Mode mode,
    @Nullable String bundle,
    @DefaultValue("none") ClientAuth clientAuth,
    @DefaultValue("auto") Provider provider)
    implements RelatedKeys {

  @Override
  public Map<String, String> misfits() {
    return mode == Mode.OFF || StringUtils.hasText(bundle)
        ? Map.of()
        : Map.of(
            "bundle",
            "must name an SSL bundle (a key below spring.ssl.bundle.pem, for example) unless"
                + " sluice.nbd.tls.mode is off");
  }

  /** The modes of a server (specification: "TLS support"). */
  public enum Mode {
    /** NOTLS: STARTTLS is refused. */
    OFF,
    /** SELECTIVETLS, with no export that requires TLS: clients choose. */
    ALLOW,
    /** FORCEDTLS: nothing works before STARTTLS. */
    REQUIRE
  }

  /** Implementations of TLS. */
  public enum Provider {
    /** OPENSSL if its library is available, or else JDK. */
    AUTO,
    /** BoringSSL, a fork of OpenSSL, which is not available for every processor. */
    OPENSSL,
    /** The JDK's. */
    JDK
  }
}
