package dev.sluice.testing;

import java.net.URI;

/** How a client reaches the service. */
public enum Transport {
  TCP("nbd"),
  UNIX("nbd+unix");

  private final String scheme;

  Transport(String scheme) {
    this.scheme = scheme;
  }

  /** An export's URI. */
  public URI uri(ExportDocument export) {
    return export.uris().stream()
        .filter(uri -> uri.getScheme().equals(scheme))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s URI in %s".formatted(scheme, export)));
  }

  /** The URI of the server that has an export. */
  public URI serverUri(ExportDocument export) {
    URI uri = uri(export);
    return URI.create(uri.toString().replaceFirst("/" + export.name() + "\\b", "/"));
  }
}
