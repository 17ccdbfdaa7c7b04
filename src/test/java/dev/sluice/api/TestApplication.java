package dev.sluice.api;

import dev.sluice.access.AccessConfiguration;
import dev.sluice.client.ClientIdentification;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportUris;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/** The REST API alone, without a listener. No stereotype, so that no component scan finds it. */
@EnableAutoConfiguration
@EnableConfigurationProperties(ExportProperties.class)
@ComponentScan(basePackages = {"dev.sluice.api", "dev.sluice.export"})
@Import(AccessConfiguration.class)
public class TestApplication {

  /** The name of an export that makes the service fail. */
  static final String UNREACHABLE = "unreachable";

  @Bean
  ExportUris uris() {
    return export -> {
      if (export.name().equals(UNREACHABLE)) {
        throw new IllegalStateException("nobody knows where");
      }
      return List.of(URI.create("nbd://192.0.2.1:10809/" + export.name()));
    };
  }

  @Bean
  ClientIdentification identification() {
    return new ClientIdentification() {
      @Override
      public Optional<String> whyNoCertificate() {
        return Optional.empty();
      }

      @Override
      public Optional<String> whyNoAddress() {
        return Optional.empty();
      }
    };
  }

  /** Stands in for the listener's, which the readiness group names. */
  @Bean("nbd")
  HealthIndicator listener() {
    return () -> Health.up().build();
  }

  /** Stands in for that of all exports, which it names, too. */
  @Bean("exports")
  HealthIndicator allExports() {
    return () -> Health.up().build();
  }

  /** And for that of the roots, of which one takes no FIFOs. */
  @Bean("roots")
  HealthIndicator allRoots() {
    return () -> Health.up().build();
  }

  /** And for that of the store. */
  @Bean("store")
  HealthIndicator store() {
    return () -> Health.up().build();
  }
}
