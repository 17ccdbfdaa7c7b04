package dev.sluice.cluster.view;

import dev.sluice.api.ExportView;
import dev.sluice.api.OtherExport;
import dev.sluice.cluster.resource.ResourceListener.Known;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.view.SpecReader.Asked;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One version of a resource. Its views are built when they are first asked for. */
final class KnownExport implements OtherExport {

  private final StreamExport resource;
  private final boolean own;
  private final SpecReader reader;
  private final String id;
  private volatile @Nullable Asked asked;
  private volatile @Nullable ExportView view;
  private volatile @Nullable ExportView withoutName;

  private KnownExport(Known known, SpecReader reader, @Nullable Asked asked) {
    this.resource = known.resource();
    this.own = known.own();
    this.reader = reader;
    this.asked = asked;
    this.id = resource.exportId();
  }

  /**
   * Creates the export of one version of a resource.
   *
   * @param before an earlier version, whose parsed request is used again if it is the same; null if
   *     there is none
   */
  static KnownExport of(Known known, @Nullable KnownExport before, SpecReader reader) {
    return new KnownExport(
        known,
        reader,
        before != null && hasSameRequest(before.resource, known.resource()) ? before.asked : null);
  }

  private static boolean hasSameRequest(StreamExport before, StreamExport now) {
    return before.exportId().equals(now.exportId())
        && Objects.equals(before.getMetadata().getGeneration(), now.getMetadata().getGeneration())
        && Objects.equals(before.getMetadata().getLabels(), now.getMetadata().getLabels());
  }

  /** Returns whether this was built from that version of the resource. */
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
   * Returns true if the export was judged, or has another owner. An end before the first byte does
   * not count until the resource says so, because another pod may claim the export.
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
    boolean ended = local.state() == StreamState.FAILED || local.state() == StreamState.CANCELLED;
    return ended
        && local.startedAt() == null
        && !resource.isCancelled()
        && !resource.isBeingDeleted();
  }

  /** Returns false if the resource is being deleted and no other pod owns it. */
  @Override
  public boolean isThereAlone() {
    return !resource.isBeingDeleted() || (resource.known().owner() != null && !own);
  }
}
