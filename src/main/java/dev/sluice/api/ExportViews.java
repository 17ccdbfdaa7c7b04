package dev.sluice.api;

import dev.sluice.export.Export;
import dev.sluice.export.ExportUris;
import dev.sluice.stream.StreamStatus;
import java.net.URI;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/** Creates views of exports, with the fields that the caller may see. */
@Component
public final class ExportViews {

  private static final Comparator<ListedExport> AGE =
      Comparator.comparing((ListedExport listed) -> listed.view().createdAt())
          .thenComparing(listed -> listed.view().id());

  private final ExportUris uris;
  private final RequestRights rights;
  private final OtherExports others;
  private final JsonMapper json;

  /** By id, the exports that had ended when a caller who may see names last listed all. */
  private volatile Map<String, ListedExport> ended = Map.of();

  ExportViews(
      ExportUris uris,
      ObjectProvider<RequestRights> rights,
      ObjectProvider<OtherExports> others,
      JsonMapper json) {
    this.uris = uris;
    this.json = json;
    this.others = others.getIfAvailable(() -> OtherExports.NONE);
    this.rights = rights.getIfAvailable(() -> RequestRights.ALL);
  }

  /** Returns the rights of the current request. */
  public RequestRights rights() {
    return rights;
  }

  /** Returns the exports that this service shares with other pods. */
  public OtherExports others() {
    return others;
  }

  /** Creates a view with all fields. */
  public ExportView whole(Export export) {
    return whole(export, uris.of(export.spec()));
  }

  /** Creates a view with all fields and these URIs. */
  ExportView whole(Export export, List<URI> reachable) {
    return ExportView.of(export, reachable, others.pod());
  }

  /** Creates the view for the current request. */
  public ExportView seen(Export export) {
    return seen(export, rights.seesNames());
  }

  /**
   * Creates the views of these exports and of those elsewhere for the current request, in the order
   * of their creation, without those that are deleted meanwhile. A view of an export that had ended
   * is reused from the last list.
   */
  List<ListedExport> all(List<Export> exports) {
    boolean seesNames = rights.seesNames();
    Map<String, OtherExport> elsewhere = others.known();
    Map<String, ListedExport> seen = LinkedHashMap.newLinkedHashMap(exports.size());
    for (Export export : exports) {
      StreamStatus status = export.status();
      OtherExport other = elsewhere.get(export.id());
      ListedExport listed =
          other != null && other.countsBefore(status)
              ? listed(other, seesNames)
              : listed(export.id(), status, seesNames, () -> seen(export, seesNames));
      if (!export.kept().isGone()) { // known only after its end was read, see Export#status
        seen.put(export.id(), listed);
      }
    }
    elsewhere.forEach(
        (id, other) -> {
          if (other.isThereAlone() && !seen.containsKey(id)) {
            seen.put(id, listed(other, seesNames));
          }
        });
    if (seesNames) {
      ended = new HashMap<>(seen);
      ended.values().removeIf(listed -> listed.json() == null);
    }
    return inOrder(seen.values());
  }

  /**
   * Sorts by time if there are exports of several machines. Those of this service alone are in
   * order already.
   */
  private List<ListedExport> inOrder(Collection<ListedExport> all) {
    Stream<ListedExport> exports = all.stream();
    return (others.pod() == null ? exports : exports.sorted(AGE)).toList();
  }

  private ListedExport listed(OtherExport other, boolean seesNames) {
    return listed(other.view().id(), other, seesNames, () -> seen(other, seesNames));
  }

  private ListedExport listed(
      String id, Object source, boolean seesNames, Supplier<ExportView> making) {
    ListedExport known = seesNames ? ended.get(id) : null;
    if (known != null && known.source().equals(source)) {
      return known;
    }
    ExportView view = making.get();
    boolean lasts = seesNames && view.state().ended();
    return new ListedExport(
        view, source, lasts ? new RawValue(json.writeValueAsString(view)) : null);
  }

  /** Creates the details of an export. */
  public ExportDetails detailed(Export export, boolean seesNames) {
    return new ExportDetails(seen(export, seesNames), export.kept().events());
  }

  /** Creates the view for a caller who may, or may not, see names. */
  public ExportView seen(Export export, boolean seesNames) {
    return export.spec().isOpen() && !seesNames
        ? ExportView.withoutName(export, others.pod())
        : whole(export);
  }

  /** Returns the view of an export elsewhere for a caller who may, or may not, see names. */
  public static ExportView seen(OtherExport export, boolean seesNames) {
    return seesNames ? export.view() : export.withoutName();
  }
}
