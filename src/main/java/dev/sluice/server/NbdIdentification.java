package dev.sluice.server;

import dev.sluice.client.ClientIdentification;
import dev.sluice.server.transport.TlsProperties.Mode;
import java.util.Optional;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.stereotype.Component;

/** Tells, by the listener's configuration, whether clients have certificates and addresses. */
@Component
final class NbdIdentification implements ClientIdentification {

  private final NbdProperties properties;

  NbdIdentification(NbdProperties properties) {
    this.properties = properties;
  }

  @Override
  public Optional<String> whyNoCertificate() {
    if (properties.tls().mode() == Mode.OFF) {
      return Optional.of(
          "no client can show a certificate, since sluice.nbd.tls.mode is off; expected allow or"
              + " require, and sluice.nbd.tls.client-auth want or need");
    }
    return properties.tls().clientAuth() == ClientAuth.NONE
        ? Optional.of(
            "no client is asked for a certificate, since sluice.nbd.tls.client-auth is none;"
                + " expected want or need")
        : Optional.empty();
  }

  @Override
  public Optional<String> whyNoAddress() {
    return properties.port() < 0
        ? Optional.of("no client has an address, since sluice.nbd.port is -1; expected a port")
        : Optional.empty();
  }
}
