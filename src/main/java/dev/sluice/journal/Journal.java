package dev.sluice.journal;

import dev.sluice.journal.LiveRecords.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in a file of a folder that only this service uses. {@link #append} gives them to Linux,
 * so that they outlive this process. {@link #sync} waits until they are on disk, so that they
 * outlive a power cut; threads that wait together share one sync. There is room for a new spec only
 * if there is also room for the end of its subject.
 *
 * <p>Thread-safe. {@code syncing} is taken before the monitor, and no other lock while either is
 * held.
 */
public final class Journal implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /** Files up to this many bytes are not rewritten. */
  private static final long SMALL = 1 << 20;

  private static final long RETRY_NANOS = 1_000_000_000;

  private final JournalFolder folder;
  private final ReentrantLock syncing = new ReentrantLock();

  /** Records that could not be written, to be written as soon as that is possible. */
  private final Map<String, Frame> unwritten = new LinkedHashMap<>();

  private LiveRecords live;
  private JournalFile file;
  private long written;
  private long synced;
  private @Nullable String trouble;
  private long triedAt;
  private boolean closed;

  /** Creates a journal from a file whose records are all on disk. */
  Journal(JournalFolder folder, JournalFile file, LiveRecords live) {
    this.folder = folder;
    this.file = file;
    this.live = live;
    file.noteSynced(file.tail());
  }

  /**
   * Adds a record.
   *
   * @return the ticket for {@link #sync(long)}
   * @throws JournalException when there is no room for a new spec, or nothing can be written; a
   *     record of something known, except its state, is written later if that becomes possible
   */
  public synchronized long append(RecordKind kind, String id, String text) throws JournalException {
    Frame frame = new Frame(file.synced(), kind, id, text);
    if (!isUsable()) {
      if (live.has(id) && kind != RecordKind.STATE) {
        unwritten.put(id + kind.code(), frame);
      }
      throw JournalException.lost(String.valueOf(trouble), new IOException(trouble));
    }
    if (kind == RecordKind.REMOVED && !live.has(id)) {
      return written;
    }
    byte[] line = frame.encode();
    boolean fits = live.makeRoom(file, kind, id, line.length);
    if (fits) {
      try {
        live.note(kind, id, new Place(file.append(line), line.length));
      } catch (IOException e) {
        throw lose("cannot be written: " + e.getMessage(), e);
      }
      written++;
    }
    return written;
  }

  /** Waits until everything that was appended is on disk. */
  public void sync() throws JournalException {
    long all;
    synchronized (this) {
      all = written;
    }
    sync(all);
  }

  /** Waits until the record is on disk for which {@link #append} returned this ticket. */
  public void sync(long ticket) throws JournalException {
    if (isSynced(ticket)) {
      return;
    }
    syncing.lock();
    try {
      if (!isSynced(ticket)) {
        syncAll();
      }
    } finally {
      syncing.unlock();
    }
  }

  private synchronized boolean isSynced(long ticket) {
    return synced >= ticket;
  }

  /** Syncs the file. The caller holds {@code syncing}, but not the monitor. */
  private void syncAll() throws JournalException {
    JournalFile current;
    long reached;
    long tail;
    synchronized (this) {
      requireUsable();
      if (isWasteful() && rewrite()) {
        return;
      }
      current = file;
      reached = written;
      tail = file.tail();
    }
    try {
      current.sync();
    } catch (IOException e) {
      synchronized (this) {
        if (file != current) {
          return; // a rewrite has replaced it meanwhile, with everything that counts
        }
        throw lose("cannot be written for certain: " + e.getMessage(), e);
      }
    }
    synchronized (this) {
      if (file == current) {
        synced = Math.max(synced, reached);
        current.noteSynced(Math.max(current.synced(), tail));
        requireUsable();
      }
    }
  }

  private boolean isWasteful() {
    return file.tail() > SMALL && file.tail() > 3 * live.bytes();
  }

  private void requireUsable() throws JournalException {
    if (!isUsable()) {
      throw JournalException.lost(String.valueOf(trouble), new IOException(trouble));
    }
  }

  /** Returns why nothing can be written now ("the store …"); empty if it can. */
  public synchronized Optional<String> trouble() {
    return isUsable() ? Optional.empty() : Optional.of(String.valueOf(trouble));
  }

  /** Returns whether it can be written. If it could not be, tries again once a second at most. */
  private boolean isUsable() {
    if (closed) {
      trouble = "the store %s is closed".formatted(folder.path());
      return false;
    }
    if (trouble == null && file.isIn(folder)) {
      return true;
    }
    boolean news = trouble == null;
    if (news || System.nanoTime() - triedAt > RETRY_NANOS) {
      if (news) {
        lose("has gone: its file was removed or replaced", new IOException("it has gone"));
      }
      triedAt = System.nanoTime();
      if (mayMakeAnew() && rewrite()) {
        log.warn("The store {} is written again, with all that was to be kept", folder.path());
        trouble = null;
      }
    }
    return trouble == null;
  }

  /** Returns whether a new file may be created: it must not replace somebody else's. */
  private boolean mayMakeAnew() {
    return file.isIn(folder) || Files.notExists(folder.file(JournalFolder.NAME));
  }

  private synchronized JournalException lose(String how, IOException cause) {
    String before = trouble;
    trouble = "the store %s %s".formatted(folder.path(), how);
    if (before == null) {
      triedAt = System.nanoTime();
      log.error(
          "{}; streams go on, but what becomes of exports is lost if the service ends before it can be written again",
          trouble);
    }
    return JournalException.lost(trouble, cause);
  }

  /** Writes the live records into a new file. False if that failed and changed nothing. */
  private boolean rewrite() {
    try {
      Rewrite next = Rewrite.of(folder, file, live, unwritten.values());
      closeFile();
      file = next.file();
      live = next.live();
      unwritten.clear();
      synced = written;
      return true;
    } catch (IOException e) {
      log.debug("The store {} cannot be written anew", folder.path(), e);
      return false;
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException e) {
      log.debug("The file of the store {} cannot be closed", folder.path(), e);
    }
  }

  /** Writes everything to the disk, and unlocks the folder. Idempotent. */
  @Override
  public void close() {
    try {
      long all;
      synchronized (this) {
        all = closed ? synced : written;
      }
      sync(all);
    } catch (JournalException e) {
      log.warn("{}", e.getMessage());
    }
    syncing.lock();
    try {
      synchronized (this) {
        if (!closed) {
          closed = true;
          closeFile();
          folder.close();
        }
      }
    } finally {
      syncing.unlock();
    }
  }
}
