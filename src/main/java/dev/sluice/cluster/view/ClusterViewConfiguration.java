package dev.sluice.cluster.view;

import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.export.ExportProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Has this pod's API show the exports of all pods. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("sluice.kubernetes.enabled")
class ClusterViewConfiguration {

  @Bean
  KnownExports knownExports(
      KubernetesProperties properties, ExportProperties exports, JsonMapper json) {
    return new KnownExports(properties.pod(), new SpecReader(json, exports));
  }

  @Bean
  ResourceViews resourceViews(ExportProperties exports, JsonMapper json) {
    return new ResourceViews(new SpecReader(json, exports));
  }
}
