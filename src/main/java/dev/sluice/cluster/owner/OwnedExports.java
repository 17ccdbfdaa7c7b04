package dev.sluice.cluster.owner;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exports that this pod has made for resources, by name. A resource may be deleted and created
 * again with the same name, so the UID is compared, too. Thread-safe.
 */
public final class OwnedExports {

  private static final Logger log = LoggerFactory.getLogger(OwnedExports.class);

  private final ExportRegistry registry;
  private final Map<String, OwnedExport> owned = new ConcurrentHashMap<>();

  /** UIDs of resources whose status says that the export has begun: no other pod may claim them. */
  private final Set<String> begun = ConcurrentHashMap.newKeySet();

  public OwnedExports(ExportRegistry registry) {
    this.registry = registry;
  }

  void add(OwnedExport one) {
    owned.put(one.export().name(), one);
  }

  /** Returns the export of this resource, if this pod has made one. */
  public Optional<OwnedExport> of(StreamExport resource) {
    return Optional.ofNullable(owned.get(resource.name()))
        .filter(one -> one.uid().equals(resource.uid()));
  }

  /** Deletes the export of an earlier resource with the same name. */
  void dropOlder(StreamExport resource) {
    OwnedExport one = owned.get(resource.name());
    if (one != null && !one.uid().equals(resource.uid())) {
      drop(one);
    }
  }

  List<OwnedExport> all() {
    return List.copyOf(owned.values());
  }

  /** Notes that the resource's status says that the export has begun. */
  void noteBegun(String uid) {
    begun.add(uid);
  }

  /** Deletes the export of a resource, if there is one. */
  void drop(StreamExport resource) {
    of(resource).ifPresent(this::drop);
  }

  private void drop(OwnedExport one) {
    begun.remove(one.uid());
    if (owned.remove(one.export().name(), one) && isThere(one)) {
      try {
        registry.delete(one.export().name(), /* force= */ true);
      } catch (ExportException e) {
        log.debug("Export {} was not there any more", one.export().name(), e);
      }
    }
  }

  /** Compares ids, because another export may have the name by now. */
  private boolean isThere(OwnedExport one) {
    return registry
        .find(one.export().name())
        .filter(export -> export.id().equals(one.export().id()))
        .isPresent();
  }

  /** Deletes the exports that other pods may claim from now on; returns their number. */
  public int withdraw() {
    int withdrawn = 0;
    for (OwnedExport one : owned.values()) {
      if (!begun.contains(one.uid()) && !one.export().stream().status().state().ended()) {
        log.warn(
            "Export {} is withdrawn: the Lease of this pod is not valid, so another pod may claim it",
            one.export().name());
        drop(one);
        withdrawn++;
      }
    }
    return withdrawn;
  }
}
