package dev.sluice.access;

import dev.sluice.configuration.UnusableConfigurationException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/**
 * Stops the start if anybody on a network could make exports: without authentication, the REST API
 * and the actuator may listen on loopback addresses only.
 */
@Component
final class LoopbackUnlessProtected {

  private static final String REMEDY =
      """
      Give out a token, for example with the environment variable
      SLUICE_SECURITY_TOKENS=$(openssl rand -hex 16), and send it as "Authorization: Bearer TOKEN"; \
      or name a file of tokens (sluice.security.tokens-file) or an OpenID provider
      (spring.security.oauth2.resourceserver.jwt.issuer-uri). Or listen on 127.0.0.1.""";

  LoopbackUnlessProtected(BearerAuthentication authentication, ServerProperties server) {
    if (authentication.isRequired()) {
      return;
    }
    require("server.address", server.getAddress());
  }

  /** Returns whether the host of a URI can only be this machine. */
  static boolean isLoopbackName(String host) {
    if (host.equals("localhost") || host.endsWith(".localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void require(String key, @Nullable InetAddress address) {
    if (address == null || !address.isLoopbackAddress()) {
      throw new UnusableConfigurationException(
          "%s is %s, which is not a loopback address, and there is no authentication: whoever reaches it could make exports."
              .formatted(
                  key, address == null ? "not set (every address)" : address.getHostAddress()),
          REMEDY);
    }
  }
}
