package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
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
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The view of an export in the REST API. */
public record ExportView(
    String id,
    @Nullable String name,
    @Nullable String path,
    @Nullable String peer,
    boolean ticket,
    String direction,
    @Nullable Long size,
    StreamState state,
    long position,
    @Nullable Long throughput,
    @Nullable Long remainingSeconds,
    @Nullable Integer clients,
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
    @Nullable Map<String, String> labels,
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
    @Nullable String digestValue,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String pod) {

  private static final String HTTP = "http";

  /** Who may use an export. A list that permits everybody is null. */
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

  /**
   * The fields that identify an export, and so allow its use. A path or a label may well contain
   * the name.
   */
  public record Naming(
      @Nullable String name,
      @Nullable String path,
      @Nullable List<URI> uris,
      @Nullable Map<String, String> labels) {

    /** Hides all of them. */
    public static final Naming NONE = new Naming(null, null, null, null);
  }

  /** Creates a view with all fields. */
  static ExportView of(Export export, List<URI> uris, @Nullable String pod) {
    ExportSpec spec = export.spec();
    String path = Objects.toString(spec.path(), null);
    return of(export, new Naming(export.name(), path, uris, spec.labels().map()), pod);
  }

  /** Creates a view without the fields that identify the export. */
  static ExportView withoutName(Export export, @Nullable String pod) {
    return of(export, Naming.NONE, pod);
  }

  private static ExportView of(Export export, Naming naming, @Nullable String pod) {
    ExportSpec spec = export.spec();
    StreamSettings settings = export.stream().settings();
    OptionalLong pace = export.stream().throughput(); // read first: the stream may end meanwhile
    StreamStatus status = export.status();
    boolean going = status.startedAt() != null && status.endedAt() == null;
    Long throughput = going && pace.isPresent() ? pace.getAsLong() : null;
    String peer = spec.isOverHttp() ? HTTP : null;
    int clients = status.clients();
    return of(
        export.id(),
        naming,
        peer,
        spec,
        settings,
        status,
        clients,
        throughput,
        export.createdAt(),
        pod);
  }

  /**
   * Creates the view of an export of another pod. Its number of clients and its throughput are not
   * known here.
   *
   * @param peer as in the request
   */
  public static ExportView elsewhere(
      String id,
      Naming naming,
      @Nullable String peer,
      ExportSpec spec,
      StreamSettings settings,
      StreamStatus status,
      Instant createdAt,
      @Nullable String pod) {
    return of(id, naming, peer, spec, settings, status, null, null, createdAt, pod);
  }

  private static ExportView of(
      String id,
      Naming naming,
      @Nullable String peer,
      ExportSpec spec,
      StreamSettings settings,
      StreamStatus status,
      @Nullable Integer clients,
      @Nullable Long throughput,
      Instant createdAt,
      @Nullable String pod) {
    Timeouts timeouts = settings.timeouts();
    Assurances assurances = settings.assurances();
    return new ExportView(
        id,
        naming.name(),
        naming.path(),
        peer,
        spec.ticket() != null,
        spec.direction().text(),
        settings.size().isPresent() ? settings.size().getAsLong() : null,
        status.state(),
        status.position(),
        throughput,
        remaining(settings.size(), status.position(), throughput),
        clients,
        naming.uris(),
        createdAt,
        status.startedAt(),
        status.endedAt(),
        status.failure(),
        status.waitingFor(),
        status.note(),
        spec.listen(),
        spec.listed(),
        Clients.of(spec.clients()),
        naming.labels(),
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
        status.digest(),
        pod);
  }

  /**
   * Estimates the time that is left at this throughput, in seconds, rounded up; null if it is
   * unknown.
   */
  private static @Nullable Long remaining(
      OptionalLong size, long position, @Nullable Long throughput) {
    if (size.isEmpty() || throughput == null || throughput == 0) {
      return null;
    }
    return Math.ceilDiv(size.getAsLong() - position, throughput);
  }
}
