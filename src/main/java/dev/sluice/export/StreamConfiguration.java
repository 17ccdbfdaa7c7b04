package dev.sluice.export;

import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The registry of exports, and what it makes streams with. */
@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

  @Bean
  WindowMemory windowMemory(ExportProperties properties) {
    return new WindowMemory(properties.windowMemory().toBytes(), properties.mostOfOne());
  }

  @Bean
  StreamFactory streamFactory(
      ExportProperties properties,
      WindowMemory memory,
      ObjectProvider<StreamObserver> observer,
      ObjectProvider<ExportFollower> follower) {
    return new StreamFactory(
        RootFolders.endpoints(properties),
        memory,
        observer.getIfAvailable(() -> StreamObserver.NONE),
        follower.getIfAvailable(() -> ExportFollower.NONE));
  }

  @Bean(destroyMethod = "stop")
  ExportRegistry exportRegistry(ExportProperties properties, StreamFactory streams) {
    return new ExportRegistry(properties, streams, /* anyName= */ false);
  }
}
