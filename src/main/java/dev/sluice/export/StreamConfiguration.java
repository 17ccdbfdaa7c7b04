package dev.sluice.export;

import dev.sluice.export.record.Records;
import dev.sluice.journal.Entry;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The registry of exports, and what it creates streams with. */
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

  /** Restores the kept exports before any client can connect. */
  @Bean(destroyMethod = "stop")
  ExportRegistry exportRegistry(ExportProperties properties, StreamFactory streams, Store store) {
    ExportRegistry registry =
        new ExportRegistry(properties, streams, /* anyName= */ false, store.records());
    registry.restore(store.entries());
    return registry;
  }

  @Bean
  Store exportStore(ExportProperties properties) {
    return properties
        .storePath()
        .map(StoreFolder::open)
        .map(opened -> new Store(Records.in(opened.journal()), opened.entries()))
        .orElseGet(() -> new Store(Records.none(), List.of()));
  }

  /** The records of exports, and the entries of earlier runs. */
  record Store(Records records, List<Entry> entries) implements AutoCloseable {
    @Override
    public void close() {
      records.close();
    }
  }
}
