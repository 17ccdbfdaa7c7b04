package dev.sluice.export;

import java.net.URI;
import java.util.List;

/** Knows where clients reach an export; whoever listens for them provides it. */
public interface ExportUris {

  /** The NBD URIs by which the clients of an export can reach it, the best one first. */
  List<URI> of(ExportSpec export);
}
