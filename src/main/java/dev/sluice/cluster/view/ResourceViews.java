package dev.sluice.cluster.view;

import dev.sluice.api.ExportView;
import dev.sluice.api.ExportViews;
import dev.sluice.cluster.resource.ResourceListener.Known;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.view.RequestReader.Asked;
import dev.sluice.export.ExportSpec;
import java.util.Optional;

/** What single resources say, in the words of the REST API. */
public final class ResourceViews {

  private final RequestReader reader;

  ResourceViews(RequestReader reader) {
    this.reader = reader;
  }

  /** An export as somebody may see it. */
  public ExportView of(StreamExport resource, boolean seesNames) {
    return ExportViews.seen(
        KnownExport.of(new Known(resource, /* own= */ false), null, reader), seesNames);
  }

  /** What was asked for; empty if nobody can ask for that, and it is refused, or will be. */
  public Optional<ExportSpec> spec(StreamExport resource) {
    return Optional.of(reader.read(resource)).filter(Asked::valid).map(Asked::spec);
  }
}
