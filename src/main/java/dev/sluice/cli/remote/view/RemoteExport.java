package dev.sluice.cli.remote.view;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.FailedException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An export as the service's JSON describes it. Only the id and the state are required, since the
 * service may be older or newer than this program.
 */
public record RemoteExport(JsonNode json) {

  private static final String COMPLETED = "COMPLETED";
  private static final long ALL = 100;

  /**
   * Creates an export from the service's JSON.
   *
   * @throws FailedException when that is not an export
   */
  public static RemoteExport of(JsonNode json) {
    if (!json.path("id").isString() || !json.path("state").isString()) {
      throw foreign("the service has sent no export; expected an object with an id and a state");
    }
    return new RemoteExport(json);
  }

  /** Returns the exports of a listing, in its order. */
  public static List<RemoteExport> all(JsonNode listing) {
    if (!listing.path("exports").isArray()) {
      throw foreign("the service has sent no list of exports; expected an object with exports");
    }
    return listing.path("exports").valueStream().map(RemoteExport::of).toList();
  }

  private static FailedException foreign(String message) {
    return new FailedException(ExitCode.UNREACHABLE, message, null);
  }

  /** Returns the id. Another export may have the same name, but never the same id. */
  public String id() {
    return text("id").orElseThrow();
  }

  /** Returns the name; the id if the service does not show the name. */
  public String name() {
    return text("name").orElseGet(this::id);
  }

  public String state() {
    return text("state").orElseThrow();
  }

  /** Returns whether the stream has ended. */
  public boolean hasEnded() {
    return time("endedAt").isPresent();
  }

  /** Returns whether every byte has arrived. */
  public boolean isCompleted() {
    return state().equals(COMPLETED);
  }

  /** Returns the position in bytes; 0 if unknown. */
  public long position() {
    return number("position").orElse(0);
  }

  public OptionalLong size() {
    return number("size");
  }

  /**
   * Returns the position in percent of the size: 100 only for all of it. Empty if the size is
   * unknown.
   */
  public OptionalLong percent() {
    OptionalLong size = size();
    if (size.isEmpty() || size.getAsLong() <= 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        position() >= size.getAsLong()
            ? ALL
            : Math.min(ALL - 1, (long) ((double) position() / size.getAsLong() * ALL)));
  }

  /** Returns the first NBD URI. */
  public Optional<String> uri() {
    JsonNode first = json.path("uris").path(0);
    return first.isString() ? Optional.of(first.asString()) : Optional.empty();
  }

  /** Returns why it has failed, or what it waits for. */
  public Optional<String> reason() {
    return text("failure").or(() -> text("waitingFor"));
  }

  /** Returns a text field; empty if it has none. */
  public Optional<String> text(String field) {
    JsonNode value = json.path(field);
    return value.isString() ? Optional.of(value.asString()) : Optional.empty();
  }

  /** Returns a number field; empty if it has none. */
  public OptionalLong number(String field) {
    JsonNode value = json.path(field);
    return value.canConvertToLong() ? OptionalLong.of(value.longValue()) : OptionalLong.empty();
  }

  /** Returns a time field; empty if it has none. */
  public Optional<Instant> time(String field) {
    return text(field).map(RemoteExport::instant);
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Returns the time from the first byte to the end; empty if the stream has not ended. */
  public Optional<Duration> duration() {
    Optional<Instant> start = time("startedAt");
    Optional<Instant> end = time("endedAt");
    return start.isPresent() && end.isPresent()
        ? Optional.of(Duration.between(start.get(), end.get()))
        : Optional.empty();
  }
}
