package dev.sluice.api.request;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.ByteCount;
import dev.sluice.export.ExportName;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRules.Complaint;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.Labels;
import dev.sluice.export.Ticket;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * The body of {@code POST /exports}. A missing field has the value of its configuration key, if
 * there is one.
 */
public record ExportRequest(
    @JsonDeserialize(using = TextDeserializer.Name.class) @Nullable String name,
    @Nullable FilePath path,
    @Nullable Peer peer,
    boolean ticket,
    Direction direction,
    @Bytes(ByteCount.SIZE) @Nullable Long size,
    boolean listen,
    @Nullable Boolean listed,
    @Nullable Clients clients,
    @Nullable Labels labels,
    @Bytes(ByteCount.WINDOW) @Nullable Long reorderWindow,
    @Bytes(ByteCount.HEAD) @Nullable Long headWindow,
    @Bytes(ByteCount.WINDOW) @Nullable Long resumeWindow,
    @Nullable Duration peerTimeout,
    @Nullable Duration idleTimeout,
    @Nullable Duration resumeTimeout,
    @Nullable Duration lifetime,
    boolean padTail,
    boolean acceptClose,
    boolean acceptUnread,
    boolean acceptExcess,
    @Nullable Boolean copy,
    @Nullable Digest digest,
    @Bytes(ByteCount.RATE) @Nullable Long rateLimit)
    implements RequestFields {

  /** A peer that uses no file. */
  enum Peer {
    HTTP
  }

  /** An algorithm for a digest of the stream's bytes. */
  enum Digest {
    SHA_256
  }

  /** Who may use the export. A missing list permits everybody. */
  record Clients(
      @JsonDeserialize(using = EntriesDeserializer.Subjects.class) @Nullable List<Subject> subjects,
      @JsonDeserialize(using = EntriesDeserializer.Networks.class) @Nullable List<Network> networks)
      implements RequestFields {

    private AllowedClients allowed() {
      return new AllowedClients(or(subjects, List.of()), or(networks, List.of()));
    }
  }

  @Override
  public List<Complaint> complaints() {
    List<Complaint> complaints = new ArrayList<>();
    if (path == null && peer == null) {
      complaints.add(new Complaint("path", "it is required, or peer instead"));
    } else if (path != null && peer != null) {
      complaints.add(new Complaint("path", "expected either path or peer, and both are there"));
      complaints.add(new Complaint("peer", "expected either path or peer, and both are there"));
    }
    if (ticket && peer == null) {
      complaints.add(new Complaint("ticket", "expected only with peer"));
    }
    if (peer != null && listen) {
      complaints.add(new Complaint("listen", "expected only with a path"));
    }
    // An empty object could mean everybody, or nobody.
    if (clients != null && clients.subjects() == null && clients.networks() == null) {
      complaints.add(new Complaint("clients", "it is empty; expected subjects, networks or both"));
    }
    return complaints;
  }

  /** Returns a new random ticket, or null if the request asks for none. */
  public @Nullable Ticket newTicket() {
    return ticket ? Ticket.random() : null;
  }

  /**
   * Returns the requested spec. Without a name in the request it gets a random one that cannot be
   * guessed.
   */
  public ExportSpec spec(ExportProperties defaults) {
    return spec(name == null ? ExportName.random() : name, defaults);
  }

  /** Returns the requested spec with this name. */
  public ExportSpec spec(String named, ExportProperties defaults) {
    return new ExportSpec(
        named,
        path,
        listen,
        or(listed, defaults.listed()),
        clients == null ? AllowedClients.ALL : clients.allowed(),
        direction,
        new StreamSettings(
            size == null ? OptionalLong.empty() : OptionalLong.of(size),
            or(reorderWindow, defaults.reorderWindow().toBytes()),
            Math.toIntExact(or(headWindow, defaults.headWindow().toBytes())),
            or(resumeWindow, defaults.resumeWindow().toBytes()),
            new Timeouts(
                or(peerTimeout, defaults.peerTimeout()),
                or(idleTimeout, defaults.idleTimeout()),
                or(resumeTimeout, defaults.resumeTimeout()),
                or(lifetime, defaults.lifetime()),
                defaults.stallTimeout(),
                defaults.endTimeout()),
            new Assurances(padTail, acceptClose, acceptUnread, acceptExcess),
            or(copy, defaults.copy()),
            digest != null,
            or(rateLimit, 0L)),
        or(labels, Labels.NONE),
        /* ticket= */ null);
  }

  private static <T> T or(@Nullable T given, T otherwise) {
    return Objects.requireNonNullElse(given, otherwise);
  }
}
