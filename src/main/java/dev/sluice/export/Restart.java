package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.export.record.KeptExport;
import dev.sluice.export.record.Records;
import dev.sluice.export.record.SavedExport;
import dev.sluice.export.record.SavedState;
import dev.sluice.journal.Entry;
import dev.sluice.journal.JournalException;
import dev.sluice.logging.LogQuota;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the exports of an earlier run, however that ended. An export of which no byte had moved
 * waits again. One that had begun has failed, because nobody knows which of its last bytes the peer
 * or the client has.
 */
final class Restart {

  private static final Logger log = LoggerFactory.getLogger(Restart.class);

  private final StreamFactory streams;
  private final Records records;
  private final Registration registration;
  private final Consumer<Export> table;
  private final List<Export> ended = new ArrayList<>();

  /** The files that were created for these exports. */
  private final Set<FileStatus> known = new HashSet<>();

  /** Registers an export that goes on. */
  interface Registration {
    Export register(String id, SavedExport saved, Endpoint endpoint, KeptExport kept);
  }

  /**
   * Creates a restart.
   *
   * @param registration registers an export that goes on
   * @param table adds an export that has ended
   */
  Restart(
      StreamFactory streams, Records records, Registration registration, Consumer<Export> table) {
    this.streams = streams;
    this.records = records;
    this.registration = registration;
    this.table = table;
  }

  /**
   * Restores all exports in their order. Returns those that have ended, in the order of their ends.
   */
  List<Export> restore(List<Entry> entries) {
    List<SavedExport> saved = entries.stream().map(Records::saved).toList();
    saved.stream().map(SavedExport::made).filter(Objects::nonNull).forEach(known::add);
    for (int i = 0; i < entries.size(); i++) {
      restore(entries.get(i), saved.get(i));
    }
    try {
      records.sync();
    } catch (JournalException e) {
      log.warn("What became of exports by the restart is not on disk: {}", e.getMessage());
    }
    ended.sort(Comparator.comparing(each -> endOf(each)));
    return ended;
  }

  private static Instant endOf(Export export) {
    return Objects.requireNonNullElse(export.stream().status().endedAt(), Instant.EPOCH);
  }

  private void restore(Entry entry, SavedExport saved) {
    SavedState state = Records.state(entry);
    if (saved.unfinished()) { // no client was told of it
      streams.clearUnfinished(saved.spec(), saved.createdAt(), known);
      records.forget(entry.id());
      return;
    }
    KeptExport kept =
        new KeptExport(entry.id(), saved, records)
            .after(state == null ? List.of() : state.events());
    if (entry.ended() && state != null) {
      kept.restoreEnd();
      addEnded(entry, saved, kept, state.status());
      return;
    }
    if (entry.begun()) {
      streams.clear(saved.spec(), saved.made());
      long position = state == null ? 0 : state.status().position();
      String why = "the service ended at about position %d".formatted(position);
      fail(entry, saved, kept, state, why);
      return;
    }
    try {
      goOn(entry, saved, kept);
    } catch (ExportException e) {
      streams.clear(saved.spec(), saved.made());
      fail(entry, saved, kept, state, "it could not go on after a restart: " + e.getMessage());
    }
  }

  private void goOn(Entry entry, SavedExport saved, KeptExport kept) {
    Endpoint endpoint = streams.reclaim(saved.spec(), saved.made());
    boolean registered = false;
    try {
      SavedExport again = new SavedExport(saved.spec(), saved.createdAt(), endpoint.made());
      kept.goOn(again);
      registration.register(entry.id(), again, endpoint, kept);
      registered = true;
    } catch (JournalException e) {
      throw ExportException.because(e);
    } finally {
      if (!registered) {
        endpoint.close();
      }
    }
  }

  private void fail(
      Entry entry, SavedExport saved, KeptExport kept, @Nullable SavedState state, String why) {
    StreamStatus before = state == null ? null : state.status();
    StreamStatus end =
        new StreamStatus(
            StreamState.FAILED,
            before == null ? 0 : before.position(),
            0,
            before == null ? null : before.startedAt(),
            Instant.now(),
            why,
            null,
            before == null ? null : before.note(),
            null);
    kept.endByRestart(end);
    addEnded(entry, saved, kept, end);
    new StreamLog(saved.spec().name(), saved.spec().direction()).stateChanged(end);
  }

  private void addEnded(Entry entry, SavedExport saved, KeptExport kept, StreamStatus end) {
    Export export =
        new Export(
            entry.id(),
            saved.spec(),
            saved.createdAt(),
            streams.ended(saved.spec(), end),
            null,
            kept,
            new LogQuota());
    table.accept(export);
    ended.add(export);
  }
}
