package dev.sluice.access;

import dev.sluice.access.http.CountedHttp;
import dev.sluice.access.http.HttpConnections;
import dev.sluice.access.http.StrangersValve;
import dev.sluice.access.http.TicketValve;
import dev.sluice.access.http.UnreadBodyValve;
import dev.sluice.configuration.UnusableConfigurationException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * Sets limits for which Tomcat has no keys: connections of one address, and bodies that are not
 * read.
 */
@Component
@Order(HttpLimits.BEFORE_SPRING_BOOTS)
public final class HttpLimits implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  static final int BEFORE_SPRING_BOOTS = -1;

  private static final Duration TURN_WITHIN = Duration.ofSeconds(3);

  private static final String BEARER = "Bearer ";

  /** Probes may use the port of the API too. */
  private static final Set<String> PROBES = Set.of("/livez", "/readyz");

  private final HttpConnections connections;

  /**
   * Both beans exist only after the web server is created. They are cached, since looking them up
   * costs time in each request.
   */
  private final Supplier<BearerAuthentication> authentication;

  private final Supplier<LoginThrottle> throttle;

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
    this.authentication = SingletonSupplier.of(authentication::getObject);
    this.throttle = SingletonSupplier.of(throttle::getObject);
    connections =
        new HttpConnections(
            Integer.MAX_VALUE, // limited by server.tomcat.max-connections
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
    factory.addEngineValves(new TicketValve(), new UnreadBodyValve());
    factory.addContextValves(
        new StrangersValve(this::isStranger, TURN_WITHIN)); // later than the valve that ends probes
  }

  private boolean isStranger(Request request) {
    return authentication.get().isRequired()
        && !PROBES.contains(request.getRequestURI())
        && (!bringsToken(request)
            || throttle.get().refusedFor(AccessProblems.address(request)).isPositive());
  }

  private static boolean bringsToken(Request request) {
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    return TicketValve.of(request) != null
        || (authorization != null
            && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length()));
  }

  private void limit(Connector connector) {
    connector.setParseBodyMethods(""); // otherwise a form would be read before authentication
    if (connector.getProtocolHandler() instanceof CountedHttp http) {
      http.limitBy(connections);
      http.yieldToStreams();
      http.inviteLate(); // so that a client that is refused sends no body
    }
  }

  /** Returns the connections of the REST API's listener. */
  public HttpConnections connections() {
    return connections;
  }
}
