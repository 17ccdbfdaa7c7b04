package dev.sluice.api;

import dev.sluice.export.Export;
import dev.sluice.export.ExportUris;
import dev.sluice.stream.StreamStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/** Exports as they are shown, and to whom. */
@Component
public final class ExportViews {

  private final ExportUris uris;
  private final RequestRights rights;
  private final JsonMapper json;

  /** By their ids, those that had ended when all were last listed for one who sees their names. */
  private volatile Map<String, ListedExport> ended = Map.of();

  ExportViews(ExportUris uris, ObjectProvider<RequestRights> rights, JsonMapper json) {
    this.uris = uris;
    this.json = json;
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

  /**
   * The same of several, without those that are removed meanwhile. Those that had ended when they
   * were last listed are as they were then.
   */
  List<ListedExport> all(List<Export> exports) {
    boolean seesNames = rights.seesNames();
    Map<String, ListedExport> known = ended;
    Map<String, ListedExport> now = HashMap.newHashMap(exports.size());
    List<ListedExport> seen = new ArrayList<>(exports.size());
    for (Export export : exports) {
      ListedExport listed = listed(export, seesNames, known.get(export.id()));
      if (!export.kept().isGone()) { // which is known once its end is, see Export#status
        seen.add(listed);
      }
      if (listed.json() != null) {
        now.put(export.id(), listed);
      }
    }
    if (seesNames) {
      ended = now;
    }
    return seen;
  }

  private ListedExport listed(Export export, boolean seesNames, @Nullable ListedExport known) {
    StreamStatus status = export.status();
    if (seesNames && known != null && known.status().equals(status)) {
      return known;
    }
    ExportView view = seen(export, seesNames);
    boolean lasts = seesNames && status.state().ended();
    return new ListedExport(
        view, status, lasts ? new RawValue(json.writeValueAsString(view)) : null);
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
