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
 * An export as a service shows it. Nothing is expected of it except its id and its state, since the
 * service may be older or newer than this program.
 */
public record RemoteExport(JsonNode json) {

  private static final String COMPLETED = "COMPLETED";
  private static final long ALL = 100;

  /**
   * What a service has sent.
   *
   * @throws FailedException when that is no export
   */
  public static RemoteExport of(JsonNode json) {
    if (!json.path("id").isString() || !json.path("state").isString()) {
      throw foreign("the service has sent no export; expected an object with an id and a state");
    }
    return new RemoteExport(json);
  }

  /** All of a listing, in its order. */
  public static List<RemoteExport> all(JsonNode listing) {
    if (!listing.path("exports").isArray()) {
      throw foreign("the service has sent no list of exports; expected an object with exports");
    }
    return listing.path("exports").valueStream().map(RemoteExport::of).toList();
  }

  private static FailedException foreign(String message) {
    return new FailedException(ExitCode.UNREACHABLE, message, null);
  }

  /** A second identity, which another export of the same name does not have. */
  public String id() {
    return text("id").orElseThrow();
  }

  /** The name, or the id for those who may not know the name. */
  public String name() {
    return text("name").orElseGet(this::id);
  }

  public String state() {
    return text("state").orElseThrow();
  }

  /** Whether nothing of it can change any more. */
  public boolean hasEnded() {
    return time("endedAt").isPresent();
  }

  /** Whether every byte has arrived. */
  public boolean isCompleted() {
    return state().equals(COMPLETED);
  }

  /** How many bytes have passed. */
  public long position() {
    return number("position").orElse(0);
  }

  public OptionalLong size() {
    return number("size");
  }

  /** How much of the size has passed, in percent: 100 only for all of it. */
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

  /** The first place where NBD clients reach it. */
  public Optional<String> uri() {
    JsonNode first = json.path("uris").path(0);
    return first.isString() ? Optional.of(first.asString()) : Optional.empty();
  }

  /** Why it has failed, or what it waits for. */
  public Optional<String> reason() {
    return text("failure").or(() -> text("waitingFor"));
  }

  /** A field that is text. */
  public Optional<String> text(String field) {
    JsonNode value = json.path(field);
    return value.isString() ? Optional.of(value.asString()) : Optional.empty();
  }

  /** A field that is a number. */
  public OptionalLong number(String field) {
    JsonNode value = json.path(field);
    return value.canConvertToLong() ? OptionalLong.of(value.longValue()) : OptionalLong.empty();
  }

  /** A field that is a time. */
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

  /** How long its bytes have been moving, or were. */
  public Optional<Duration> duration() {
    Optional<Instant> start = time("startedAt");
    Optional<Instant> end = time("endedAt");
    return start.isPresent() && end.isPresent()
        ? Optional.of(Duration.between(start.get(), end.get()))
        : Optional.empty();
  }
}
