package dev.sluice.management;

import dev.sluice.access.http.CountedHttp;
import dev.sluice.access.http.HttpConnections;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * A listener for probes with threads of its own, so that nothing which holds the REST API's keeps
 * an answer from a kubelet, which would kill the service for that. Whoever reaches it can hold no
 * thread: nothing is read but a request's header, an answer ends the connection, and of too many
 * connections the oldest of the busiest address is closed.
 */
@Component
@Order(HealthListener.AFTER_SPRING_BOOTS)
public final class HealthListener
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  static final int AFTER_SPRING_BOOTS = 1;

  /**
   * Connections that wait to be accepted, where Linux permits so many: a flood may not keep probes
   * out.
   */
  private static final int ACCEPT_COUNT = 4096;

  private final HealthListenerProperties properties;
  private final ServerProperties server;
  private final ObjectProvider<HealthEndpoint> health;
  private final ObjectProvider<HealthEndpointGroups> groups;
  private @Nullable Connector connector;

  HealthListener(
      HealthListenerProperties properties,
      ServerProperties server,
      ObjectProvider<HealthEndpoint> health,
      ObjectProvider<HealthEndpointGroups> groups) {
    this.properties = properties;
    this.server = server;
    this.health = health;
    this.groups = groups;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    int port = properties.portBeside(factory.getPort());
    if (port == HealthListenerProperties.NONE) {
      return;
    }
    CountedHttp http = new CountedHttp();
    http.setAddress(properties.address() == null ? factory.getAddress() : properties.address());
    http.setMaxThreads(properties.threads());
    http.setMinSpareThreads(1);
    http.setMaxConnections(-1); // too many are closed here, and not left to wait
    http.setAcceptCount(ACCEPT_COUNT);
    http.setConnectionTimeout(Math.toIntExact(properties.timeout().toMillis()));
    http.setMaxKeepAliveRequests(1);
    http.setMaxHttpRequestHeaderSize(
        Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()));
    http.setMaxSwallowSize(0);
    http.limitBy(
        new HttpConnections(
            properties.maxConnections(),
            properties.maxConnectionsPerAddress(),
            HttpConnections.Beyond.CLOSE_THE_OLDEST,
            "it was the oldest of those to the health port, and sluice.health.max-connections, or"
                + " -per-address, permits no more",
            () -> {}));
    Connector own = new Connector(http);
    own.setPort(port);
    connector = own;
    factory.addAdditionalConnectors(own);
    factory.addEngineValves(new HealthValve(own, health, groups));
  }

  /** Where it listens, or -1 if nowhere. */
  public int port() {
    return connector == null ? HealthListenerProperties.NONE : connector.getLocalPort();
  }
}
