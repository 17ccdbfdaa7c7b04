package dev.sluice.export;

import java.net.URI;
import java.util.List;

/** Knows where clients reach an export; whoever listens for them provides it. */
public interface ExportUris {

  /** The NBD URIs of an export, the best one first. */
  List<URI> of(String exportName);
}
