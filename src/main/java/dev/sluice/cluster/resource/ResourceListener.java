package dev.sluice.cluster.resource;

import org.jspecify.annotations.Nullable;

/** Receives changes of the namespace's resources. Implementations must not block. */
public interface ResourceListener {

  /**
   * Receives a resource.
   *
   * @param now the resource as it is now; null if it is gone
   */
  void changed(String name, @Nullable Known now);

  /**
   * A resource from the cache.
   *
   * @param own whether its status names this process as the owner
   */
  record Known(StreamExport resource, boolean own) {}
}
