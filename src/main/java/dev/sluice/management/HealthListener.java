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
 * A listener for probes with its own threads. So requests that occupy the REST API's threads cannot
 * delay its responses; otherwise a kubelet would kill the service. A client of this listener cannot
 * hold a thread either: only a request's header is read, and a connection is closed after one
 * response. Beyond the limit of connections, the oldest one of the busiest address is closed.
 */
@Component
@Order(HealthListener.AFTER_SPRING_BOOTS)
public final class HealthListener
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  static final int AFTER_SPRING_BOOTS = 1;

  /**
   * Backlog of connections that wait to be accepted, up to the limit of Linux. It is large, so that
   * a flood does not keep probes out.
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
    http.setMaxConnections(-1); // HttpConnections closes excess ones instead of queueing them
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

  /** Returns the port it listens on; -1 if there is none. */
  public int port() {
    return connector == null ? HealthListenerProperties.NONE : connector.getLocalPort();
  }
}
