package dev.sluice.cluster;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.connection.KubeConfig;
import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.resource.ResourceListener;
import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.window.WindowMemory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Makes this service one of several, where that is switched on. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("sluice.kubernetes.enabled")
class ClusterConfiguration {

  @Bean
  ClusterSignals clusterSignals() {
    return new ClusterSignals();
  }

  @Bean
  Entrance entrance(KubernetesProperties properties) {
    return new Entrance(properties.nbdAddress(), properties.maxRelays());
  }

  /** Refuses a store, because it would keep the same exports a second time. */
  @Bean
  ClusterMember clusterMember(
      KubernetesProperties properties,
      ExportProperties exports,
      WindowMemory memory,
      ExportRegistry registry,
      ExportMaker maker,
      ResourceListener listener,
      Entrance entrance,
      JsonMapper json,
      ClusterSignals signals) {
    if (!exports.store().equals(ExportProperties.NO_STORE)) {
      throw new UnusableConfigurationException(
          "sluice.exports.store: it is \"%s\", and sluice.kubernetes.enabled is true: the API server of Kubernetes keeps the exports then."
              .formatted(exports.store()),
          "Set sluice.exports.store to \"none\".");
    }
    KubeConfig.check(properties.kubeconfig());
    return new ClusterMember(
        properties, exports, memory, registry, maker, listener, entrance, json, signals);
  }
}
