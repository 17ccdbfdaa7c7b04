package dev.sluice.export;

import java.net.URI;
import java.util.List;

/** Returns where clients reach an export. Provided by the NBD server. */
public interface ExportUris {

  /** Returns the NBD URIs by which clients reach the export, the best one first. */
  List<URI> of(ExportSpec export);
}
