package dev.sluice.export.record;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.Labels;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The recorded part of a request for an export.
 *
 * @param spec the spec, with its current settings
 * @param createdAt when it was requested
 * @param made the file that was created for it; null if none was
 * @param unfinished whether it is still being created, so that its file may exist
 */
public record SavedExport(
    ExportSpec spec, Instant createdAt, @Nullable FileStatus made, boolean unfinished) {

  /** Creates one whose creation is complete. */
  public SavedExport(ExportSpec spec, Instant createdAt, @Nullable FileStatus made) {
    this(spec, createdAt, made, /* unfinished= */ false);
  }

  /** Returns a copy with other settings. */
  public SavedExport with(StreamSettings settings) {
    return new SavedExport(
        new ExportSpec(
            spec.name(),
            spec.path(),
            spec.listen(),
            spec.listed(),
            spec.clients(),
            spec.direction(),
            settings,
            spec.labels(),
            spec.ticket()),
        createdAt,
        made);
  }

  /** Returns the text form. */
  String text() {
    StreamSettings settings = spec.settings();
    Timeouts timeouts = settings.timeouts();
    Assurances assurances = settings.assurances();
    Fields fields =
        new Fields()
            .put("name", spec.name())
            .put("createdAt", createdAt)
            .put("path", spec.path())
            .put("direction", spec.direction())
            .put("listen", spec.listen())
            .put("listed", spec.listed())
            .putAll("subject", spec.clients().subjects().stream().map(Subject::text).toList())
            .putAll("network", spec.clients().networks().stream().map(Network::text).toList())
            .putAll("label", labels())
            .put("reorderWindow", settings.reorderWindow())
            .put("headWindow", settings.headWindow())
            .put("resumeWindow", settings.resumeWindow())
            .put("peer", timeouts.peer())
            .put("idle", timeouts.idle())
            .put("resume", timeouts.resume())
            .put("lifetime", timeouts.lifetime())
            .put("stall", timeouts.stall())
            .put("end", timeouts.end())
            .put("padTail", assurances.padTail())
            .put("acceptClose", assurances.acceptClose())
            .put("acceptUnread", assurances.acceptUnread())
            .put("acceptExcess", assurances.acceptExcess())
            .put("copy", settings.copy())
            .put("sha256", settings.sha256())
            .put("rateLimit", settings.rateLimit())
            .put("ticket", spec.ticket());
    fields.put("unfinished", unfinished ? true : null);
    settings.size().ifPresent(size -> fields.put("size", size));
    if (made != null) {
      fields
          .put("kind", made.kind())
          .put("device", made.device())
          .put("inode", made.inode())
          .put("birth", made.birth());
    }
    return fields.text();
  }

  /** Parses the text form. */
  static SavedExport parse(String text) {
    Fields fields = Fields.parse(text);
    String path = fields.find("path");
    ExportSpec spec =
        new ExportSpec(
            fields.get("name"),
            path == null ? null : new FilePath(path),
            fields.is("listen"),
            fields.is("listed"),
            new AllowedClients(
                fields.all("subject", Subject::parse), fields.all("network", Network::parse)),
            Direction.valueOf(fields.get("direction")),
            settings(fields),
            Labels.of(
                fields.all("label", label -> label.split("=", 2)).stream()
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]))),
            fields.find("ticket"));
    Instant createdAt = Objects.requireNonNull(fields.findTime("createdAt"), "createdAt");
    return new SavedExport(spec, createdAt, made(fields), fields.is("unfinished"));
  }

  private List<String> labels() {
    return spec.labels().map().entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .toList();
  }

  private static StreamSettings settings(Fields fields) {
    return new StreamSettings(
        fields.find("size") == null ? OptionalLong.empty() : OptionalLong.of(fields.number("size")),
        fields.number("reorderWindow"),
        Math.toIntExact(fields.number("headWindow")),
        fields.number("resumeWindow"),
        new Timeouts(
            fields.duration("peer"),
            fields.duration("idle"),
            fields.duration("resume"),
            fields.duration("lifetime"),
            fields.duration("stall"),
            fields.duration("end")),
        new Assurances(
            fields.is("padTail"),
            fields.is("acceptClose"),
            fields.is("acceptUnread"),
            fields.is("acceptExcess")),
        fields.is("copy"),
        fields.is("sha256"),
        fields.number("rateLimit"));
  }

  private static @Nullable FileStatus made(Fields fields) {
    String kind = fields.find("kind");
    return kind == null
        ? null
        : new FileStatus(
            FileStatus.Kind.valueOf(kind),
            fields.number("device"),
            fields.number("inode"),
            fields.number("birth"));
  }
}
