package dev.sluice.api;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.Export;
import dev.sluice.export.ExportSpec;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An export as the REST API shows it. */
public record ExportView(
    String id,
    @Nullable String name,
    @Nullable String path,
    @Nullable String peer,
    String direction,
    @Nullable Long size,
    StreamState state,
    long position,
    int clients,
    @Nullable List<URI> uris,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String failure,
    @Nullable String waitingFor,
    @Nullable String note,
    boolean listen,
    boolean listed,
    @Nullable Clients allowedClients,
    long reorderWindow,
    int headWindow,
    long resumeWindow,
    Duration peerTimeout,
    Duration idleTimeout,
    Duration resumeTimeout,
    Duration lifetime,
    boolean padTail,
    boolean acceptClose,
    boolean acceptUnread,
    boolean acceptExcess,
    boolean copy,
    long rateLimit,
    @Nullable String digest,
    @Nullable String digestValue) {

  /** All exports as the REST API shows them. */
  record Collection(List<ExportView> exports) {}

  /** Who may use an export; a list that permits all is null. */
  record Clients(@Nullable List<String> subjects, @Nullable List<String> networks) {

    static @Nullable Clients of(AllowedClients allowed) {
      return allowed.equals(AllowedClients.ALL)
          ? null
          : new Clients(
              texts(allowed.subjects(), Subject::text), texts(allowed.networks(), Network::text));
    }

    private static <T> @Nullable List<String> texts(List<T> entries, Function<T, String> text) {
      return entries.isEmpty() ? null : entries.stream().map(text).toList();
    }
  }

  /** All that there is to see. */
  public static ExportView of(Export export, List<URI> uris) {
    return of(export, export.name(), Objects.toString(export.spec().path(), null), uris);
  }

  /** Nothing by which the export can be used: a path has the name in it as often as not. */
  static ExportView withoutName(Export export) {
    return of(export, null, null, null);
  }

  private static ExportView of(
      Export export, @Nullable String name, @Nullable String path, @Nullable List<URI> uris) {
    ExportSpec spec = export.spec();
    StreamSettings settings = export.stream().settings();
    Timeouts timeouts = settings.timeouts();
    Assurances assurances = settings.assurances();
    StreamStatus status = export.stream().status();
    return new ExportView(
        export.id(),
        name,
        path,
        spec.isOverHttp() ? "http" : null,
        spec.direction().name().toLowerCase(Locale.ROOT),
        settings.size().isPresent() ? settings.size().getAsLong() : null,
        status.state(),
        status.position(),
        status.clients(),
        uris,
        export.createdAt(),
        status.startedAt(),
        status.endedAt(),
        status.failure(),
        status.waitingFor(),
        status.note(),
        spec.listen(),
        spec.listed(),
        Clients.of(spec.clients()),
        settings.reorderWindow(),
        settings.headWindow(),
        settings.resumeWindow(),
        timeouts.peer(),
        timeouts.idle(),
        timeouts.resume(),
        timeouts.lifetime(),
        assurances.padTail(),
        assurances.acceptClose(),
        assurances.acceptUnread(),
        assurances.acceptExcess(),
        settings.copy(),
        settings.rateLimit(),
        settings.sha256() ? "SHA-256" : null,
        status.digest());
  }
}
