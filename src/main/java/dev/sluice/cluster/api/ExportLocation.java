package dev.sluice.cluster.api;

import dev.sluice.cluster.resource.StreamExport;
import java.net.URI;

/** Where a requested export is. */
sealed interface ExportLocation {

  /** There is no resource, so the local REST API responds. */
  record Local() implements ExportLocation {}

  /** This pod runs it. */
  record Here(StreamExport resource) implements ExportLocation {}

  /**
   * Another pod runs it.
   *
   * @param api the URL of that pod's REST API, from its Lease
   */
  record There(StreamExport resource, URI api) implements ExportLocation {}

  /** No pod runs it: it has ended, its owner is lost, or no pod has claimed it yet. */
  record Nowhere(StreamExport resource) implements ExportLocation {}
}
