package dev.sluice.server.transport;

import dev.sluice.configuration.RelatedKeys;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.util.StringUtils;

/**
 * Whether and how NBD is encrypted.
 *
 * @param mode whether clients may, or must, start TLS
 * @param bundle name of the Spring SSL bundle with the certificate, its key, and what client
 *     certificates are checked against
 * @param clientAuth whether clients are asked for a certificate, or must have one
 * @param provider whose implementation of TLS is used
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

  /** The server's modes of operation (specification: "TLS support"). */
  public enum Mode {
    /** NOTLS: STARTTLS is refused. */
    OFF,
    /** SELECTIVETLS, with no export that requires it: clients choose. */
    ALLOW,
    /** FORCEDTLS: nothing works before STARTTLS. */
    REQUIRE
  }

  /** Implementations of TLS. */
  public enum Provider {
    /** OpenSSL's where its library is there, Java's otherwise. */
    AUTO,
    /** BoringSSL, OpenSSL's descendant, which is not there on every processor. */
    OPENSSL,
    /** Java's own. */
    JDK
  }
}
