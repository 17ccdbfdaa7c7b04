package dev.sluice.cluster.view;

import dev.sluice.api.ExportView;
import dev.sluice.api.ExportView.Naming;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.cluster.view.SpecReader.Asked;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Builds views of the REST API from a resource. */
final class ResourceView {

  private ResourceView() {}

  /** Returns the complete view. */
  static ExportView whole(StreamExport resource, Asked asked) {
    List<String> uris = resource.known().uris();
    Naming naming =
        new Naming(
            resource.name(),
            text(resource, "path"),
            uris == null ? null : uris.stream().map(URI::create).toList(),
            asked.spec().labels().map());
    return of(resource, asked, naming);
  }

  /**
   * Returns a view without the name, and without the path, URIs and labels, which may contain it.
   */
  static ExportView withoutName(StreamExport resource, Asked asked) {
    return of(resource, asked, Naming.NONE);
  }

  private static ExportView of(StreamExport resource, Asked asked, Naming naming) {
    StreamExportStatus status = resource.known();
    StreamSettings settings = asked.spec().settings();
    Owner owner = status.owner();
    return ExportView.elsewhere(
        resource.exportId(),
        naming,
        text(resource, "peer"),
        asked.spec(),
        status.size() == null ? settings : settings.withSize(OptionalLong.of(status.size())),
        stream(resource, status, owner),
        resource.createdAt(),
        owner == null ? null : owner.pod());
  }

  private static StreamStatus stream(
      StreamExport resource, StreamExportStatus status, @Nullable Owner owner) {
    String wanted = owner == null ? resource.wantedPod() : owner.pod();
    String pod = wanted == null ? "a pod that has room" : "the pod " + wanted;
    return new StreamStatus(
        Objects.requireNonNullElse(status.phase(), StreamState.WAITING),
        Objects.requireNonNullElse(status.position(), 0L),
        0, // the number of clients is not shown
        time(status.startTime()),
        time(status.completionTime()),
        status.failure(),
        status.phase() == null ? pod : status.waitingFor(),
        status.note(),
        status.digest());
  }

  private static @Nullable String text(StreamExport resource, String field) {
    return resource.getSpec().get(field) instanceof String text ? text : null;
  }

  private static @Nullable Instant time(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }
}
