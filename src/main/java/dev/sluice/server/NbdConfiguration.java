package dev.sluice.server;

import dev.sluice.export.ExportRegistry;
import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.transport.Tls;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Defines the beans of the NBD listener. */
@Configuration(proxyBeanMethods = false)
class NbdConfiguration {

  @Bean
  Tls tls(NbdProperties properties, SslBundles bundles) {
    return new Tls(properties.tls(), properties.handshakeTimeout(), () -> bundles);
  }

  @Bean
  NbdServer nbdServer(
      NbdProperties properties,
      ExportRegistry exports,
      Tls tls,
      ObjectProvider<Elsewhere> elsewhere,
      ObjectProvider<ServerObserver> observer) {
    return new NbdServer(
        properties,
        exports,
        elsewhere.getIfAvailable(() -> Elsewhere.NOWHERE),
        tls,
        observer.getIfAvailable(() -> ServerObserver.NONE));
  }
}
