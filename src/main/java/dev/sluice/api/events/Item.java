package dev.sluice.api.events;

import dev.sluice.export.Export;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One export on the {@link Board}: what was last seen of it, and since which version. */
final class Item {

  /** Counters are told no more often. */
  private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** What is told at once. */
  private record Facts(
      StreamState state,
      @Nullable String failure,
      @Nullable String note,
      StreamSettings settings) {}

  /** What changes all the time. */
  private record Counters(
      long position, int clients, @Nullable String waitingFor, OptionalLong throughput) {}

  private final String id;

  /** Null once it has been deleted, so that nothing holds its stream. */
  private @Nullable Export export;

  private long version;
  private long stateVersion;
  private @Nullable Facts facts;
  private @Nullable Counters counters;
  private long countedAt;

  /** How this version is told, for those who may see names and for those who may not. */
  private final Map<EventKind, String> whole = new EnumMap<>(EventKind.class);

  private final Map<EventKind, String> nameless = new EnumMap<>(EventKind.class);

  Item(Export export) {
    this.id = export.id();
    this.export = export;
  }

  /** What can have changed. */
  enum Change {
    NONE,
    COUNTERS,
    STATE
  }

  /** Looks at the export. */
  Change look(long now) {
    Optional<StreamStatus> known =
        export == null || hasEnded() ? Optional.empty() : export.statusNow();
    if (export == null || known.isEmpty()) {
      return Change.NONE;
    }
    StreamStatus status = known.get();
    OptionalLong throughput = export.stream().throughput();
    Counters count =
        new Counters(status.position(), status.clients(), status.waitingFor(), throughput);
    Facts seen =
        new Facts(status.state(), status.failure(), status.note(), export.stream().settings());
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

  /** It is another one from now on, of this version. */
  void renew(long next, Change change) {
    version = next;
    stateVersion = change == Change.STATE ? next : stateVersion;
    whole.clear();
    nameless.clear();
  }

  /** It has been deleted, or forgotten; it keeps how that is told and nothing else. */
  void bury(long next, EventText text) {
    renew(next, Change.STATE);
    for (boolean seesNames : new boolean[] {true, false}) {
      json(EventKind.DELETED, seesNames, text);
    }
    export = null;
  }

  String id() {
    return id;
  }

  long version() {
    return version;
  }

  boolean isGone() {
    return export == null;
  }

  /** Whether its stream has ended, as far as was seen. */
  boolean hasEnded() {
    return facts != null && facts.state().ended();
  }

  /** How it is told to somebody who knows its versions up to this one. */
  EventKind kind(long known) {
    if (isGone()) {
      return EventKind.DELETED;
    }
    return stateVersion > known ? EventKind.EXPORT : EventKind.PROGRESS;
  }

  /** What is told of it, as JSON. */
  String json(EventKind kind, boolean seesNames, EventText text) {
    Export shown = export;
    return (seesNames ? whole : nameless)
        .computeIfAbsent(kind, _ -> shown == null ? "{}" : text.json(kind, shown, seesNames));
  }
}
