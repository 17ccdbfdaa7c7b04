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
 * The journal as exports use it. What nobody waits for is written by a thread of its own, and so is
 * now and then how far streams have come. Without a journal it does nothing.
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

  /** Those that nobody keeps. */
  public static Records none() {
    return new Records(null, null);
  }

  /** Those in a journal, which is closed with this. */
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

  /** Whether anything is kept. */
  public boolean isKept() {
    return journal != null;
  }

  /** What an entry says that was asked for. */
  public static SavedExport saved(Entry entry) {
    return SavedExport.parse(entry.spec());
  }

  /** What an entry says of how it went on; null if nothing. */
  public static @Nullable SavedState state(Entry entry) {
    return entry.state() == null ? null : SavedState.parse(entry.state());
  }

  /** Why nothing can be written now, in words; empty if it can, or nothing is kept. */
  public Optional<String> trouble() {
    return journal == null ? Optional.empty() : journal.trouble();
  }

  /** Nothing of an export is kept any more, some time soon. */
  public void forget(String id) {
    soon(
        () -> {
          try {
            append(RecordKind.REMOVED, id, "");
          } catch (JournalException e) {
            // The next start finds out itself that it is one too many.
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

  /** Waits until what was appended is on disk. */
  public void sync(long ticket) throws JournalException {
    if (journal != null) {
      journal.sync(ticket);
    }
  }

  /** How far one comes is written now and then, by this. */
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
      // The service ends.
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

  /** Writes everything to the disk. Idempotent. */
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
