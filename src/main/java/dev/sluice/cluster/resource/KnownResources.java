package dev.sluice.cluster.resource;

import dev.sluice.cluster.resource.ResourceListener.Known;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All resources, as far as they are known. Its monitor keeps what the listener is told in order,
 * and guards which names it was told of.
 */
public final class KnownResources {

  private final ResourceListener listener;
  private final Predicate<@Nullable Owner> isOwn;
  private final String namespace;
  private final Set<String> told = new HashSet<>();
  private volatile @Nullable IndexerResourceCache<StreamExport> cache;

  public KnownResources(
      ResourceListener listener, Predicate<@Nullable Owner> isOwn, String namespace) {
    this.listener = listener;
    this.isOwn = isOwn;
    this.namespace = namespace;
  }

  /** They are in here from now on; perhaps not yet all of them. */
  public void areIn(IndexerResourceCache<StreamExport> next) {
    cache = next;
  }

  public List<StreamExport> all() {
    IndexerResourceCache<StreamExport> now = cache;
    return now == null ? List.of() : now.list().toList();
  }

  /** The one of a name. */
  public Optional<StreamExport> find(String name) {
    IndexerResourceCache<StreamExport> now = cache;
    return now == null ? Optional.empty() : now.get(new ResourceID(name, namespace));
  }

  /** The one of a name has changed, or is gone. */
  public synchronized void changed(String name) {
    IndexerResourceCache<StreamExport> now = cache;
    if (now != null) {
      find(name)
          .ifPresentOrElse(
              resource -> {
                told.add(name);
                listener.changed(name, new Known(resource, isOwn.test(resource.known().owner())));
              },
              () -> {
                told.remove(name);
                listener.changed(name, null);
              });
    }
  }

  /** All of them are there now: so nobody knows any more what went while nobody watched. */
  public synchronized void areAllThere() {
    Set<String> names = new HashSet<>(told);
    all().forEach(resource -> names.add(resource.name()));
    names.forEach(this::changed);
  }
}
