package dev.sluice.api.events;

import dev.sluice.api.ExportView;
import dev.sluice.api.OtherExport;
import dev.sluice.export.Export;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One export on the {@link Board}: its last known facts, and their version. Guarded by the board.
 */
final class Item {

  /** The minimum interval between events about counters. */
  private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Facts of which a change is told at once. */
  private sealed interface Facts {
    StreamState state();
  }

  private record Here(
      StreamState state, @Nullable String failure, @Nullable String note, StreamSettings settings)
      implements Facts {}

  private record Elsewhere(
      StreamState state,
      @Nullable String failure,
      @Nullable String note,
      @Nullable Long size,
      long rateLimit,
      @Nullable List<URI> uris,
      @Nullable Map<String, String> labels,
      @Nullable String pod)
      implements Facts {

    static Elsewhere of(ExportView view) {
      return new Elsewhere(
          view.state(),
          view.failure(),
          view.note(),
          view.size(),
          view.rateLimit(),
          view.uris(),
          view.labels(),
          view.pod());
    }
  }

  /** What changes all the time. */
  private record Counters(
      long position,
      @Nullable Integer clients,
      @Nullable String waitingFor,
      OptionalLong throughput) {}

  private final String id;

  /**
   * The export, if it runs in this service; null if it does not or is gone, so that its stream can
   * be freed.
   */
  private @Nullable Export export;

  /** The export, if what is told is known from elsewhere. */
  private @Nullable OtherExport other;

  private boolean gone;

  private long version;
  private long stateVersion;
  private @Nullable Facts facts;
  private @Nullable Counters counters;
  private long countedAt;

  /**
   * The data of events of this version, for subscribers who may see names, and for those who may
   * not.
   */
  private final Map<EventKind, String> whole = new EnumMap<>(EventKind.class);

  private final Map<EventKind, String> nameless = new EnumMap<>(EventKind.class);

  Item(String id) {
    this.id = id;
  }

  /** What has changed. */
  enum Change {
    NONE,
    COUNTERS,
    STATE
  }

  /** Looks at an export of this service, unless what is known elsewhere takes precedence. */
  Change look(Export local, @Nullable OtherExport elsewhere, long now) {
    boolean over = hasEnded() && export != null && export.stream() == local.stream();
    if (over && elsewhere == null) {
      return Change.NONE;
    }
    Optional<StreamStatus> known = local.statusNow();
    if (known.isEmpty()) {
      return Change.NONE;
    }
    if (elsewhere != null && elsewhere.countsBefore(known.get())) {
      return look(elsewhere, now);
    }
    return over ? Change.NONE : lookHere(local, known.get(), now);
  }

  private Change lookHere(Export local, StreamStatus status, long now) {
    export = local;
    other = null;
    OptionalLong throughput = local.stream().throughput();
    return take(
        new Here(status.state(), status.failure(), status.note(), local.stream().settings()),
        new Counters(status.position(), status.clients(), status.waitingFor(), throughput),
        now);
  }

  /** Looks at an export elsewhere. */
  Change look(OtherExport elsewhere, long now) {
    if (elsewhere.equals(other)) {
      return Change.NONE;
    }
    ExportView view = elsewhere.view();
    Facts seen = Elsewhere.of(view);
    Counters count =
        new Counters(view.position(), view.clients(), view.waitingFor(), OptionalLong.empty());
    boolean known = seen.equals(facts) && count.equals(counters);
    Change change = take(seen, count, now);
    if (known || change != Change.NONE) { // otherwise it is told later
      export = null;
      other = elsewhere;
    }
    return change;
  }

  /** Looks once more at an export that is no longer in the list. */
  Change lookAgain(long now) {
    return export == null ? Change.NONE : look(export, null, now);
  }

  private Change take(Facts seen, Counters count, long now) {
    boolean changed = !seen.equals(facts);
    boolean due = now - countedAt >= COUNT_NANOS && !count.equals(counters);
    if (!changed && !due) {
      return Change.NONE;
    }
    facts = seen;
    counters = count;
    countedAt = now;
    return changed ? Change.STATE : Change.COUNTERS;
  }

  /** Sets a new version. */
  void renew(long next, Change change) {
    version = next;
    stateVersion = change == Change.STATE ? next : stateVersion;
    whole.clear();
    nameless.clear();
  }

  /** Marks the export as deleted. Only the data of that event is kept. */
  void bury(long next, EventText text) {
    renew(next, Change.STATE);
    for (boolean seesNames : new boolean[] {true, false}) {
      json(EventKind.DELETED, seesNames, text);
    }
    export = null;
    other = null;
    gone = true;
  }

  String id() {
    return id;
  }

  long version() {
    return version;
  }

  boolean isGone() {
    return gone;
  }

  /** Returns whether its facts are those of this service. */
  boolean isHere() {
    return other == null;
  }

  /** Returns whether its stream had ended when it was last looked at. */
  boolean hasEnded() {
    return facts != null && facts.state().ended();
  }

  /** Returns the kind of event for a subscriber that was told up to this version. */
  EventKind kind(long known) {
    if (isGone()) {
      return EventKind.DELETED;
    }
    return stateVersion > known ? EventKind.EXPORT : EventKind.PROGRESS;
  }

  /** Returns the data of an event about it. */
  String json(EventKind kind, boolean seesNames, EventText text) {
    return (seesNames ? whole : nameless)
        .computeIfAbsent(kind, _ -> written(kind, seesNames, text));
  }

  private String written(EventKind kind, boolean seesNames, EventText text) {
    if (other != null) {
      return text.json(kind, other, seesNames);
    }
    return export == null ? "{}" : text.json(kind, export, seesNames);
  }
}
