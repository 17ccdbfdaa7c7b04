package dev.sluice.access;

import dev.sluice.access.http.ProxyValve;
import dev.sluice.client.Network;
import dev.sluice.configuration.UnusableConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.Valve;
import org.apache.catalina.valves.RemoteIpValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Trusts forwarded headers of the configured proxies only. Spring Boot and Tomcat would trust every
 * address of a private network.
 */
@Component
@Order(ForwardedHeaders.AFTER_SPRING_BOOTS)
final class ForwardedHeaders implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  static final int AFTER_SPRING_BOOTS = 1;

  /** Other keys that enable Tomcat's RemoteIpValve. */
  private static final List<String> HEADER_KEYS =
      List.of("server.tomcat.remoteip.remote-ip-header", "server.tomcat.remoteip.protocol-header");

  private final @Nullable ForwardHeadersStrategy strategy;
  private final boolean heeded;
  private final List<Network> proxies;

  ForwardedHeaders(AccessProperties properties, ServerProperties server, Environment environment) {
    strategy = server.getForwardHeadersStrategy();
    for (String key : HEADER_KEYS) {
      if (!environment.getProperty(key, "").isBlank()) {
        throw new UnusableConfigurationException(
            key + " is set, and only the headers X-Forwarded-… are heeded.",
            "Let the proxy send those, remove the key, and set"
                + " server.forward-headers-strategy=native.");
      }
    }
    heeded = strategy != null && strategy != ForwardHeadersStrategy.NONE;
    proxies = properties.trustedProxies().stream().map(Network::parse).toList();
    if (heeded && proxies.isEmpty()) {
      throw new UnusableConfigurationException(
          "server.forward-headers-strategy is %s, and no proxy is named: whoever reaches the API could say that a request came from anywhere."
              .formatted(strategy),
          "Name the addresses of the proxies in sluice.security.trusted-proxies, such as 10.0.0.7"
              + " or 10.1.0.0/24, or set server.forward-headers-strategy=none.");
    }
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    if (!heeded) {
      return;
    }
    List<Valve> valves = new ArrayList<>(factory.getEngineValves());
    for (Valve valve : valves) {
      if (valve instanceof RemoteIpValve remoteIp) {
        remoteIp.setInternalProxies(".*"); // ProxyValve has removed the headers of all others
      }
    }
    valves.addFirst(new ProxyValve(proxies, strategy == ForwardHeadersStrategy.NATIVE));
    factory.setEngineValves(valves);
  }
}
