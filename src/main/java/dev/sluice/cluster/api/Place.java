package dev.sluice.cluster.api;

import dev.sluice.cluster.resource.StreamExport;
import java.net.URI;

/** Where an export is that somebody asks for. */
sealed interface Place {

  /** No resource is known: the local REST API says what there is. */
  record Local() implements Place {}

  /** This pod has it. */
  record Here(StreamExport resource) implements Place {}

  /**
   * Another pod has it.
   *
   * @param api where that pod's REST API is, as its Lease says
   */
  record There(StreamExport resource, URI api) implements Place {}

  /** No pod has it: it has ended, or was lost, or no pod has taken it yet. */
  record Nowhere(StreamExport resource) implements Place {}
}
