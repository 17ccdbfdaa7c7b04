package dev.sluice.cluster.view;

import dev.sluice.api.ExportView;
import dev.sluice.api.OtherExport;
import dev.sluice.cluster.resource.ResourceListener.Known;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.view.RequestReader.Asked;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one version of a resource says. How it is shown is found out when somebody looks. */
final class KnownExport implements OtherExport {

  private final StreamExport resource;
  private final boolean own;
  private final RequestReader reader;
  private final String id;
  private volatile @Nullable Asked asked;
  private volatile @Nullable ExportView view;
  private volatile @Nullable ExportView withoutName;

  private KnownExport(Known known, RequestReader reader, @Nullable Asked asked) {
    this.resource = known.resource();
    this.own = known.own();
    this.reader = reader;
    this.asked = asked;
    this.id = resource.exportId();
  }

  /**
   * What a version says.
   *
   * @param before what an earlier one has said, whose work need not be done again
   */
  static KnownExport of(Known known, @Nullable KnownExport before, RequestReader reader) {
    return new KnownExport(
        known,
        reader,
        before != null && asksForTheSame(before.resource, known.resource()) ? before.asked : null);
  }

  private static boolean asksForTheSame(StreamExport before, StreamExport now) {
    return before.exportId().equals(now.exportId())
        && Objects.equals(before.getMetadata().getGeneration(), now.getMetadata().getGeneration())
        && Objects.equals(before.getMetadata().getLabels(), now.getMetadata().getLabels());
  }

  /** Whether this is what it says. */
  boolean is(Known known) {
    return own == known.own()
        && id.equals(known.resource().exportId())
        && Objects.equals(
            resource.getMetadata().getResourceVersion(),
            known.resource().getMetadata().getResourceVersion());
  }

  String id() {
    return id;
  }

  private Asked asked() {
    Asked now = asked;
    if (now == null) {
      now = reader.read(resource);
      asked = now;
    }
    return now;
  }

  @Override
  public ExportView view() {
    ExportView now = view;
    if (now == null) {
      now = ResourceView.whole(resource, asked());
      view = now;
    }
    return now;
  }

  @Override
  public ExportView withoutName() {
    ExportView now = withoutName;
    if (now == null) {
      boolean open = !asked().valid() || asked().spec().isOpen();
      now = open ? ResourceView.withoutName(resource, asked()) : view();
      withoutName = now;
    }
    return now;
  }

  /**
   * It does where the export has been judged, or has another owner. An end that came before the
   * first byte may be none, since another pod may take the export then: it counts when the resource
   * says so.
   */
  @Override
  public boolean countsBefore(StreamStatus local) {
    StreamExportStatus status = resource.known();
    if (status.isFinal()) {
      return status.phase() != local.state();
    }
    if (status.owner() != null && !own) {
      return true;
    }
    boolean over = local.state() == StreamState.FAILED || local.state() == StreamState.CANCELLED;
    return over
        && local.startedAt() == null
        && !resource.isCancelled()
        && !resource.isBeingDeleted();
  }

  /** It does not where nothing but the resource is left of it, and that is being deleted. */
  @Override
  public boolean isThereAlone() {
    return !resource.isBeingDeleted() || (resource.known().owner() != null && !own);
  }
}
