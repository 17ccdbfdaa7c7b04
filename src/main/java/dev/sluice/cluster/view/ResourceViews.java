package dev.sluice.cluster.view;

import dev.sluice.api.ExportView;
import dev.sluice.api.ExportViews;
import dev.sluice.cluster.resource.ResourceListener.Known;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.view.SpecReader.Asked;
import dev.sluice.export.ExportSpec;
import java.util.Optional;

/** Views of single resources, for the REST API. */
public final class ResourceViews {

  private final SpecReader reader;

  ResourceViews(SpecReader reader) {
    this.reader = reader;
  }

  /**
   * Returns the view of a resource.
   *
   * @param seesNames whether the caller may see the names of exports
   */
  public ExportView of(StreamExport resource, boolean seesNames) {
    return ExportViews.seen(
        KnownExport.of(new Known(resource, /* own= */ false), null, reader), seesNames);
  }

  /** Returns the parsed spec of a resource; empty if it is invalid. */
  public Optional<ExportSpec> spec(StreamExport resource) {
    return Optional.of(reader.read(resource)).filter(Asked::valid).map(Asked::spec);
  }
}
