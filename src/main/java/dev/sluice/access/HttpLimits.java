package dev.sluice.access;

import dev.sluice.configuration.UnusableConfigurationException;
import java.util.Set;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** What Tomcat itself has no key for: connections of one address, and bodies that nobody wants. */
@Component
@Order(HttpLimits.BEFORE_SPRING_BOOTS)
public final class HttpLimits implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  static final int BEFORE_SPRING_BOOTS = -1;

  private static final String BEARER = "Bearer ";

  /** Whoever asks whether the service lives may come by the port of the API, too. */
  private static final Set<String> PROBES = Set.of("/livez", "/readyz");

  private final HttpConnections connections;
  private final ObjectProvider<BearerAuthentication> authentication;
  private final ObjectProvider<LoginThrottle> throttle;

  HttpLimits(
      AccessProperties properties,
      DeniedRequests denied,
      ObjectProvider<BearerAuthentication> authentication,
      ObjectProvider<LoginThrottle> throttle,
      Environment environment) {
    if (ManagementPortType.get(environment) == ManagementPortType.DIFFERENT) {
      throw new UnusableConfigurationException(
          "management.server.port is set: the limits of connections, and what"
              + " sluice.security.trusted-proxies says, would not hold at a port of the actuator's"
              + " own.",
          "Remove the key: the actuator is on the port of the REST API, and probes have one of"
              + " their own (sluice.health.port).");
    }
    this.authentication = authentication;
    this.throttle = throttle;
    connections =
        new HttpConnections(
            Integer.MAX_VALUE, // server.tomcat.max-connections
            properties.maxConnectionsPerAddress(),
            HttpConnections.Beyond.REFUSE_THE_NEW,
            "its address has %d, and sluice.security.max-connections-per-address permits no more"
                .formatted(properties.maxConnectionsPerAddress()),
            () -> denied.add(DeniedRequests.Reason.CONNECTIONS));
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(CountedHttp.class.getName());
    factory.addConnectorCustomizers(this::limit);
    factory.addEngineValves(new UnreadBodyValve());
    factory.addContextValves(new StrangersValve(this::isStranger)); // probes have ended before
  }

  private boolean isStranger(Request request) {
    return authentication.getObject().isRequired()
        && !PROBES.contains(request.getRequestURI())
        && (!bringsToken(request.getHeader(HttpHeaders.AUTHORIZATION))
            || throttle.getObject().refusedFor(AccessProblems.address(request)).isPositive());
  }

  private static boolean bringsToken(@Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
  }

  private void limit(Connector connector) {
    connector.setParseBodyMethods(""); // a form would be read before anybody is asked for a token
    if (connector.getProtocolHandler() instanceof CountedHttp http) {
      http.limitBy(connections);
      http.yieldToStreams();
    }
  }

  /** Those of the REST API's listener. */
  public HttpConnections connections() {
    return connections;
  }
}
