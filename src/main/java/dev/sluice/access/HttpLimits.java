package dev.sluice.access;

import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** What Tomcat itself has no key for: connections of one address, and bodies that nobody wants. */
@Component
@Order(HttpLimits.BEFORE_SPRING_BOOTS)
public final class HttpLimits implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  static final int BEFORE_SPRING_BOOTS = -1;

  private final HttpConnections connections;

  HttpLimits(AccessProperties properties, Refusals refusals) {
    connections =
        new HttpConnections(
            Integer.MAX_VALUE, // server.tomcat.max-connections
            properties.maxConnectionsPerAddress(),
            HttpConnections.Beyond.REFUSE_THE_NEW,
            "its address has %d, and sluice.security.max-connections-per-address permits no more"
                .formatted(properties.maxConnectionsPerAddress()),
            () -> refusals.add(Refusals.Reason.CONNECTIONS));
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(CountedHttp.class.getName());
    factory.addConnectorCustomizers(this::limit);
    factory.addEngineValves(new UnreadBodyValve());
  }

  private void limit(Connector connector) {
    if (connector.getProtocolHandler() instanceof CountedHttp http) {
      http.limitBy(connections);
    }
  }

  /** Those of the REST API's listener. */
  public HttpConnections connections() {
    return connections;
  }
}
