package dev.sluice.cluster;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.Load;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.Share;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.window.WindowMemory;
import java.util.HashMap;
import java.util.Map;

/** The room and the load of this pod. Thread-safe. */
final class OwnRoom {

  private final ExportRegistry registry;
  private final WindowMemory windows;
  private final int maxExports;
  private final Entrance entrance;
  private final KubernetesProperties properties;

  OwnRoom(
      ExportRegistry registry,
      WindowMemory windows,
      int maxExports,
      Entrance entrance,
      KubernetesProperties properties) {
    this.registry = registry;
    this.windows = windows;
    this.maxExports = maxExports;
    this.entrance = entrance;
    this.properties = properties;
  }

  /** Returns how many more exports this pod can take. */
  int exports() {
    return registry.isStopping() ? 0 : Math.max(0, maxExports - registry.openCount());
  }

  /** Returns the other annotations of its Lease. */
  Map<String, String> notes() {
    Map<String, String> notes =
        new HashMap<>(entrance.notes(Members.NBD_ADDRESS, Members.RELAY_KEY));
    Load load =
        new Load(
            properties.node(),
            new Share(registry.openCount(), maxExports),
            new Share(windows.used(), windows.limit()),
            new Share(bytesPerSecond(), properties.bandwidth().toBytes()));
    notes.putAll(load.notes());
    return notes;
  }

  private long bytesPerSecond() {
    return registry.list().stream()
        .map(export -> export.stream())
        .filter(stream -> stream.status().state() == StreamState.STREAMING)
        .mapToLong(stream -> stream.throughput().orElse(0))
        .sum();
  }
}
