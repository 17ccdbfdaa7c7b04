package dev.sluice.export;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An export as the REST API shows it: all of it is of one moment. */
@JsonPropertyOrder({
  "name",
  "path",
  "direction",
  "size",
  "state",
  "position",
  "clients",
  "uris",
  "createdAt",
  "startedAt",
  "endedAt",
  "failure"
})
record ExportView(
    String name,
    String path,
    String direction,
    @Nullable Long size,
    StreamState state,
    long position,
    int clients,
    List<URI> uris,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String failure) {

  /** All exports as the REST API shows them. */
  record Collection(List<ExportView> exports) {}

  static ExportView of(Export export, List<URI> uris) {
    StreamStatus status = export.stream().status();
    return new ExportView(
        export.name(),
        export.path().toString(),
        export.direction().name().toLowerCase(Locale.ROOT),
        export.size().isPresent() ? export.size().getAsLong() : null,
        status.state(),
        status.position(),
        status.clients(),
        uris,
        export.createdAt(),
        status.startedAt(),
        status.endedAt(),
        status.failure());
  }
}
