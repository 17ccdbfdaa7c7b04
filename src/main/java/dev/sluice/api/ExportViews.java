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

/** Exports as they are shown, and to whom. */
@Component
public final class ExportViews {

  private static final Comparator<ListedExport> AGE =
      Comparator.comparing((ListedExport listed) -> listed.view().createdAt())
          .thenComparing(listed -> listed.view().id());

  private final ExportUris uris;
  private final RequestRights rights;
  private final OtherExports others;
  private final JsonMapper json;

  /** By their ids, those that had ended when all were last listed for one who sees their names. */
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

  /** What whoever sends the current request may learn. */
  public RequestRights rights() {
    return rights;
  }

  /** The exports that this service shares with others. */
  public OtherExports others() {
    return others;
  }

  /** All of an export. */
  public ExportView whole(Export export) {
    return whole(export, uris.of(export.spec()));
  }

  /** The same, where it is known by which URIs it is reached. */
  ExportView whole(Export export, List<URI> reachable) {
    return ExportView.of(export, reachable, others.pod());
  }

  /** What whoever sends the current request may see of it. */
  public ExportView seen(Export export) {
    return seen(export, rights.seesNames());
  }

  /**
   * The same of these and of those elsewhere, in the order of their creation, and without those
   * that are removed meanwhile. Those that had ended when they were last listed are as they were
   * then.
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
      if (!export.kept().isGone()) { // which is known once its end is, see Export#status
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

  /** Those of this service are in order; times of several machines have to do for the rest. */
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

  /** The same, with its events. */
  public ExportDetails detailed(Export export, boolean seesNames) {
    return new ExportDetails(seen(export, seesNames), export.kept().events());
  }

  /** What whoever may see names, or may not, may see of it. */
  public ExportView seen(Export export, boolean seesNames) {
    return export.spec().isOpen() && !seesNames
        ? ExportView.withoutName(export, others.pod())
        : whole(export);
  }

  /** The same of one elsewhere. */
  public static ExportView seen(OtherExport export, boolean seesNames) {
    return seesNames ? export.view() : export.withoutName();
  }
}
