package dev.sluice.api;

import dev.sluice.export.Export;
import dev.sluice.export.ExportUris;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Exports as they are shown, and to whom. */
@Component
public final class ExportViews {

  private final ExportUris uris;
  private final RequestRights rights;

  ExportViews(ExportUris uris, ObjectProvider<RequestRights> rights) {
    this.uris = uris;
    this.rights = rights.getIfAvailable(() -> RequestRights.ALL);
  }

  /** What whoever sends the current request may learn. */
  public RequestRights rights() {
    return rights;
  }

  /** All of an export. */
  public ExportView whole(Export export) {
    return ExportView.of(export, uris.of(export.spec()));
  }

  /** What whoever sends the current request may see of it. */
  public ExportView seen(Export export) {
    return seen(export, rights.seesNames());
  }

  /** The name of an export without a rule is all it takes to use it. */
  public ExportView seen(Export export, boolean seesNames) {
    boolean open = export.spec().clients().keepsNobodyOut();
    return open && !seesNames ? ExportView.withoutName(export) : whole(export);
  }
}
