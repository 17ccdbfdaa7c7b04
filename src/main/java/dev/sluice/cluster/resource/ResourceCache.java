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
 * Reads the cache of all resources, and tells a listener of changes. Its monitor keeps these calls
 * in order, and guards the names that the listener was told of.
 */
public final class ResourceCache {

  private final ResourceListener listener;
  private final Predicate<@Nullable Owner> isOwn;
  private final String namespace;
  private final Set<String> told = new HashSet<>();
  private volatile @Nullable IndexerResourceCache<StreamExport> cache;

  /**
   * Creates an instance without a cache.
   *
   * @param isOwn whether an owner, or null for none, is this process
   */
  public ResourceCache(
      ResourceListener listener, Predicate<@Nullable Owner> isOwn, String namespace) {
    this.listener = listener;
    this.isOwn = isOwn;
    this.namespace = namespace;
  }

  /** Sets the cache to read from. It may not be complete yet. */
  public void areIn(IndexerResourceCache<StreamExport> next) {
    cache = next;
  }

  /** Returns all known resources; empty before there is a cache. */
  public List<StreamExport> all() {
    IndexerResourceCache<StreamExport> now = cache;
    return now == null ? List.of() : now.list().toList();
  }

  /** Returns the resource of this name, if it is known. */
  public Optional<StreamExport> find(String name) {
    IndexerResourceCache<StreamExport> now = cache;
    return now == null ? Optional.empty() : now.get(new ResourceID(name, namespace));
  }

  /** Tells the listener that a resource has changed, or is gone. */
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

  /**
   * Tells the listener of every resource. Call it when the cache is complete: resources may have
   * gone while there was no watch.
   */
  public synchronized void areAllThere() {
    Set<String> names = new HashSet<>(told);
    all().forEach(resource -> names.add(resource.name()));
    names.forEach(this::changed);
  }
}
