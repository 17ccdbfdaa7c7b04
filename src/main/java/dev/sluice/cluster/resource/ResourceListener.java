package dev.sluice.cluster.resource;

import org.jspecify.annotations.Nullable;

/** Is told of the resources of the namespace, and must not wait. */
public interface ResourceListener {

  /** A resource as it is now; null if there is none of this name any more. */
  void changed(String name, @Nullable Known now);

  /**
   * A resource as it is known.
   *
   * @param own whether this process has its export, by what the resource says
   */
  record Known(StreamExport resource, boolean own) {}
}
