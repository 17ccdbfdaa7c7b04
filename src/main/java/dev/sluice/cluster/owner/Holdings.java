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
 * The exports that this pod has made for resources, by their names, which a namespace has once. The
 * UID tells whether it is still the same resource.
 */
public final class Holdings {

  private static final Logger log = LoggerFactory.getLogger(Holdings.class);

  private final ExportRegistry registry;
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /**
   * UIDs of those of which the API server knows that they have begun, so nobody places them anew.
   */
  private final Set<String> begun = ConcurrentHashMap.newKeySet();

  public Holdings(ExportRegistry registry) {
    this.registry = registry;
  }

  void add(Held one) {
    held.put(one.export().name(), one);
  }

  public Optional<Held> of(StreamExport resource) {
    return Optional.ofNullable(held.get(resource.name()))
        .filter(one -> one.uid().equals(resource.uid()));
  }

  /** Ends what has the name of this resource, and was made for one that is gone. */
  void dropOlder(StreamExport resource) {
    Held one = held.get(resource.name());
    if (one != null && !one.uid().equals(resource.uid())) {
      drop(one);
    }
  }

  List<Held> all() {
    return List.copyOf(held.values());
  }

  /** The API server knows that it has begun. */
  void noteBegun(String uid) {
    begun.add(uid);
  }

  /** Ends the export of a resource, if there is one, and forgets it. */
  void drop(StreamExport resource) {
    of(resource).ifPresent(this::drop);
  }

  private void drop(Held one) {
    begun.remove(one.uid());
    if (held.remove(one.export().name(), one) && isThere(one)) {
      try {
        registry.delete(one.export().name(), /* force= */ true);
      } catch (ExportException e) {
        log.debug("Export {} was not there any more", one.export().name(), e);
      }
    }
  }

  /** Another export may have its name by now. */
  private boolean isThere(Held one) {
    return registry
        .find(one.export().name())
        .filter(export -> export.id().equals(one.export().id()))
        .isPresent();
  }

  /** Ends those that somebody else may begin from now on; returns how many. */
  public int withdraw() {
    int withdrawn = 0;
    for (Held one : held.values()) {
      if (!begun.contains(one.uid()) && !one.export().stream().status().state().ended()) {
        log.warn(
            "Export {} is withdrawn: the Lease of this pod is over, and another one may take it",
            one.export().name());
        drop(one);
        withdrawn++;
      }
    }
    return withdrawn;
  }
}
