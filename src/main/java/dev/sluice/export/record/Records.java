package dev.sluice.export.record;

import dev.sluice.journal.Entry;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalException;
import dev.sluice.journal.RecordKind;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The journal as exports use it. Records that nobody waits for are written by a thread of its own,
 * which also writes the positions of moving streams every 5 s. Without a journal it does nothing.
 */
public final class Records implements AutoCloseable {

  private static final long POSITIONS_SECONDS = 5;

  private final @Nullable Journal journal;
  private final Set<Runnable> streaming = ConcurrentHashMap.newKeySet();
  private final @Nullable ScheduledThreadPoolExecutor later;

  private Records(@Nullable Journal journal, @Nullable ScheduledThreadPoolExecutor later) {
    this.journal = journal;
    this.later = later;
  }

  /** Creates records that are not kept. */
  public static Records none() {
    return new Records(null, null);
  }

  /** Creates records in a journal. Closing them closes the journal. */
  public static Records in(Journal journal) {
    ScheduledThreadPoolExecutor later =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("export-journal").daemon().factory());
    later.prestartCoreThread();
    Records records = new Records(journal, later);
    later.scheduleWithFixedDelay(
        () -> records.streaming.forEach(Runnable::run),
        POSITIONS_SECONDS,
        POSITIONS_SECONDS,
        TimeUnit.SECONDS);
    return records;
  }

  /** Returns whether records are kept. */
  public boolean isKept() {
    return journal != null;
  }

  /** Parses the spec of an entry. */
  public static SavedExport saved(Entry entry) {
    return SavedExport.parse(entry.spec());
  }

  /** Parses the state of an entry; null if it has none. */
  public static @Nullable SavedState state(Entry entry) {
    return entry.state() == null ? null : SavedState.parse(entry.state());
  }

  /** Returns why nothing can be written now; empty if it can, or nothing is kept. */
  public Optional<String> trouble() {
    return journal == null ? Optional.empty() : journal.trouble();
  }

  /** Removes an export's records soon, on another thread. */
  public void forget(String id) {
    soon(
        () -> {
          try {
            append(RecordKind.REMOVED, id, "");
          } catch (JournalException e) {
            // The next start forgets it again.
          }
        });
  }

  long append(RecordKind kind, String id, String text) throws JournalException {
    return journal == null ? 0 : journal.append(kind, id, text);
  }

  /** Waits until everything that was appended is on disk. */
  public void sync() throws JournalException {
    if (journal != null) {
      journal.sync();
    }
  }

  /** Waits until the record is on disk for which {@link #append} returned this ticket. */
  public void sync(long ticket) throws JournalException {
    if (journal != null) {
      journal.sync(ticket);
    }
  }

  /** Runs {@code writing} every 5 s while the stream is moving. */
  void watch(Runnable writing, boolean moving) {
    if (moving) {
      streaming.add(writing);
    } else {
      streaming.remove(writing);
    }
  }

  void soon(Runnable step) {
    if (later == null) {
      return;
    }
    try {
      later.execute(step);
    } catch (RejectedExecutionException e) {
      // The service is stopping.
    }
  }

  private static void awaitLast(ScheduledThreadPoolExecutor thread) {
    try {
      if (!thread.awaitTermination(POSITIONS_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes everything to the disk, and closes the journal. Idempotent. */
  @Override
  public void close() {
    if (later != null) {
      later.shutdown();
      awaitLast(later);
    }
    if (journal != null) {
      journal.close();
    }
  }
}
