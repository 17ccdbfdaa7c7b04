package dev.sluice.cluster;

import dev.sluice.cluster.connection.KubeConfig;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Condition;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** The resources of a namespace as a watch tells of them, which is cheaper than to ask. */
final class WatchedResources implements ResourceEventHandler<StreamExport>, AutoCloseable {

  private final KubernetesClient client;

  /** By their names. The watch's thread writes both, and tests read. */
  private final Map<String, StreamExport> latest = new ConcurrentHashMap<>();

  private final Map<String, Set<Owner>> owners = new ConcurrentHashMap<>();

  private final LongAdder events = new LongAdder();

  WatchedResources(Path kubeConfig, String namespace) {
    Config config = KubeConfig.read(kubeConfig.toString()).withNamespace(namespace).build();
    client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build();
    client.resources(StreamExport.class).inform(this);
  }

  /** How many versions of them there have been. */
  long events() {
    return events.sum();
  }

  /** How many there are that are so. */
  long count(Predicate<StreamExport> wanted) {
    return latest.values().stream().filter(wanted).count();
  }

  List<StreamExport> all() {
    return List.copyOf(latest.values());
  }

  /** Each owner that one has ever been seen to have. */
  Set<Owner> owners(String name) {
    return owners.getOrDefault(name, Set.of());
  }

  /** Whether a condition is true. */
  static boolean is(StreamExport resource, String type) {
    List<Condition> conditions = resource.known().conditions();
    return conditions != null
        && conditions.stream()
            .anyMatch(one -> one.type().equals(type) && one.status().equals("True"));
  }

  @Override
  public void onAdd(StreamExport resource) {
    events.increment();
    Owner owner = resource.known().owner();
    if (owner != null) {
      owners.computeIfAbsent(resource.name(), _ -> ConcurrentHashMap.newKeySet()).add(owner);
    }
    latest.put(resource.name(), resource);
  }

  @Override
  public void onUpdate(StreamExport before, StreamExport now) {
    onAdd(now);
  }

  @Override
  public void onDelete(StreamExport resource, boolean isStateUnknown) {
    latest.remove(resource.name());
  }

  @Override
  public void close() {
    client.close();
  }
}
