package dev.sluice.cluster.owner;

import static dev.sluice.cluster.resource.Conditions.ACCEPTED;
import static dev.sluice.cluster.resource.Conditions.COMPLETE;
import static dev.sluice.cluster.resource.Conditions.FAILED;
import static dev.sluice.cluster.resource.Conditions.READY;

import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Builds the status of resources. It neither reads nor writes them. */
public final class StatusBuilder {

  public static final String OWNER_LOST = "OwnerLost";
  static final String LOST_BY_OWNER = "ExportLost";

  static final String NO_ROOM = "NoRoom";
  static final String WAITS_FOR_ROOM = "no pod has room for it; it waits until one has";

  private static final String MADE = "a pod has it";

  private final Clock clock;

  public StatusBuilder(Clock clock) {
    this.clock = clock;
  }

  /** Returns the status of an export that runs or has ended on this pod. */
  StreamExportStatus of(StreamExport resource, OwnedExport owned, StreamStatus stream) {
    StreamExportStatus before = resource.known();
    StreamState state = stream.state();
    OptionalLong size = owned.export().stream().settings().size();
    List<String> changed = SpecApplier.changed(resource, owned);
    Conditions conditions =
        conditions(resource)
            .say(
                ACCEPTED,
                true,
                "Made",
                changed.isEmpty()
                    ? MADE
                    : "%s cannot be changed, and keeps its value; delete the resource and make another one"
                        .formatted(changed));
    boolean ready = !state.ended();
    String why = stream.failure();
    conditions
        .say(READY, ready, Conditions.reason(state), ready ? stream.waitingFor() : why)
        .say(COMPLETE, state == StreamState.COMPLETED, Conditions.reason(state), stream.note())
        .say(
            FAILED, state.ended() && state != StreamState.COMPLETED, Conditions.reason(state), why);
    return new StreamExportStatus(
        generation(resource),
        state,
        stream.position(),
        size.isPresent() ? size.getAsLong() : null,
        state.ended() ? null : owned.uris().stream().map(URI::toString).toList(),
        state.ended() ? null : owned.dataUrl(),
        text(stream.startedAt()),
        text(stream.endedAt()),
        stream.digest(),
        why,
        before.owner(),
        conditions.all());
  }

  /**
   * Returns the status after a refusal.
   *
   * @param type the REST API's problem type, in the format of a reason
   */
  StreamExportStatus refused(StreamExport resource, String type, String why) {
    return failed(
        resource, why, conditions(resource).say(ACCEPTED, false, Conditions.REFUSED, why), type);
  }

  /** Returns the status of an export that has failed because its owner is lost. */
  public StreamExportStatus ownerLost(StreamExport resource, Owner owner) {
    Long position = resource.known().position();
    String why =
        "the pod %s (instance %s) was lost at position %d or later; make another export"
            .formatted(owner.pod(), owner.instance(), position == null ? 0 : position);
    return failed(resource, why, accepted(resource), OWNER_LOST);
  }

  /** Returns the status of an export that has begun, but that its owner does not have any more. */
  StreamExportStatus lostByOwner(StreamExport resource) {
    return failed(
        resource,
        "the export is not on its pod any more, and its end is not known",
        accepted(resource),
        LOST_BY_OWNER);
  }

  /** Returns the status of an export that was cancelled before it had an owner. */
  StreamExportStatus cancelled(StreamExport resource) {
    String why = "it was cancelled before a pod had it";
    return ended(
        resource,
        StreamState.CANCELLED,
        why,
        accepted(resource),
        Conditions.reason(StreamState.CANCELLED));
  }

  /** Returns the status without an owner, so that a pod may claim the export. */
  public StreamExportStatus released(StreamExport resource, String why) {
    return unmade(resource, "Released", why, null);
  }

  /** Returns the status of an export that waits until a pod has room. */
  StreamExportStatus withoutRoom(StreamExport resource) {
    return unmade(resource, NO_ROOM, WAITS_FOR_ROOM, null);
  }

  /**
   * Returns the status of an export that its owner makes again. It differs each time, so writing it
   * always makes a new version.
   */
  StreamExportStatus takenAgain(StreamExport resource) {
    String why = "its pod makes it again since " + clock.instant();
    return unmade(resource, "TakenAgain", why, resource.known().owner());
  }

  private StreamExportStatus unmade(
      StreamExport resource, String reason, String why, @Nullable Owner owner) {
    Conditions conditions =
        conditions(resource)
            .say(ACCEPTED, false, reason, why)
            .say(READY, false, reason, why)
            .say(COMPLETE, false, reason, "")
            .say(FAILED, false, reason, "");
    return new StreamExportStatus(
        generation(resource),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        owner,
        conditions.all());
  }

  private StreamExportStatus failed(
      StreamExport resource, String why, Conditions conditions, String reason) {
    return ended(resource, StreamState.FAILED, why, conditions, reason);
  }

  private StreamExportStatus ended(
      StreamExport resource, StreamState end, String why, Conditions conditions, String reason) {
    StreamExportStatus before = resource.known();
    conditions
        .say(READY, false, reason, why)
        .say(COMPLETE, false, reason, "")
        .say(FAILED, true, reason, why);
    return new StreamExportStatus(
        generation(resource),
        end,
        before.position(),
        before.size(),
        null,
        null,
        before.startTime(),
        text(clock.instant()),
        null,
        why,
        before.owner(),
        conditions.all());
  }

  private Conditions accepted(StreamExport resource) {
    return conditions(resource).say(ACCEPTED, true, "Made", MADE);
  }

  private Conditions conditions(StreamExport resource) {
    return new Conditions(
        resource.known().conditions(),
        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        generation(resource));
  }

  private static @Nullable Long generation(StreamExport resource) {
    return resource.getMetadata().getGeneration();
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
