package dev.sluice.api;

import dev.sluice.export.Export;
import dev.sluice.export.ExportUris;
import java.util.ArrayList;
import java.util.List;
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

  /** The same of several, without those that are removed meanwhile. */
  public List<ExportView> all(List<Export> exports) {
    List<ExportView> seen = new ArrayList<>(exports.size());
    for (Export export : exports) {
      ExportView view = seen(export); // which waits where an export is being removed
      if (!export.kept().isGone()) {
        seen.add(view);
      }
    }
    return seen;
  }

  /** The same, with its events. */
  public ExportDetails detailed(Export export, boolean seesNames) {
    return new ExportDetails(seen(export, seesNames), export.kept().events());
  }

  /** The name of an export without a rule is all it takes to use it. */
  public ExportView seen(Export export, boolean seesNames) {
    boolean open = export.spec().clients().keepsNobodyOut();
    return open && !seesNames ? ExportView.withoutName(export) : whole(export);
  }
}
