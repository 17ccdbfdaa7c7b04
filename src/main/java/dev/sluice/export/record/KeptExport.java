package dev.sluice.export.record;

import dev.sluice.journal.JournalException;
import dev.sluice.journal.RecordKind;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one export in the journal. It hears of the stream's changes before other listeners
 * do. {@link #awaitSettled} waits until {@link #settle} allows the end to be reported. Its monitor
 * guards the order of its records, and is not held while they are synced.
 */
public final class KeptExport implements StreamListener {

  private static final Logger log = LoggerFactory.getLogger(KeptExport.class);

  /** The longest wait for the disk. A disk that takes longer counts as lost. */
  private static final long LONGEST_SECONDS = 20;

  private final String id;
  private final Records records;
  private final History history = new History();
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Runnable writing = this::save;
  private final AtomicBoolean queued = new AtomicBoolean();
  private SavedExport saved;
  private @Nullable Supplier<StreamStatus> status;
  private boolean begun;
  private boolean over;
  private boolean removing;
  private volatile boolean gone;
  private volatile @Nullable StreamStatus frozen;

  /** Creates an export that {@link #create} will write. */
  public KeptExport(String id, SavedExport saved, Records records) {
    this.id = id;
    this.saved = saved;
    this.records = records;
  }

  /** Writes the spec. {@link Records#sync} waits for what this returns. */
  public synchronized long create() throws JournalException {
    return records.append(RecordKind.SPEC, id, saved.text());
  }

  /** Records that it goes on after a restart. The caller then calls {@link Records#sync}. */
  public synchronized void goOn(SavedExport again) throws JournalException {
    boolean changed = !again.equals(saved);
    saved = again;
    if (history.events().isEmpty()) {
      history.note(Event.of(saved.createdAt(), StreamState.WAITING, 0, null));
    }
    history.note(Event.of(Instant.now(), StreamState.WAITING, 0, "the service was started again"));
    if (changed) {
      create();
    }
  }

  /** Records new settings, and waits until they are on disk. */
  public void change(StreamSettings settings) throws JournalException {
    long ticket;
    synchronized (this) {
      SavedExport changed = saved.with(settings);
      ticket = records.append(RecordKind.SPEC, id, changed.text());
      saved = changed;
    }
    records.sync(ticket);
  }

  /** Adds the events of an earlier run. */
  public KeptExport after(List<Event> earlier) {
    history.addAll(earlier);
    return this;
  }

  /** Begins to record the stream, whose status {@code now} returns. */
  public synchronized void follow(Supplier<StreamStatus> now) {
    status = now;
    if (history.events().isEmpty()) {
      history.note(Event.of(saved.createdAt(), StreamState.WAITING, 0, null));
    }
  }

  /** Marks it as one that ended before this start. */
  public void restoreEnd() {
    synchronized (this) {
      over = true;
    }
    settled.countDown();
  }

  /** Records that the restart has ended it. The caller then calls {@link Records#sync}. */
  public void endByRestart(StreamStatus end) {
    history.note(end);
    try {
      records.append(RecordKind.END, id, text(end));
    } catch (JournalException e) {
      log.warn("Export {} is {}, which is not on disk: {}", id, end.state(), e.getMessage());
    }
    restoreEnd();
  }

  /** Returns the changes of its state. */
  public List<Event> events() {
    return history.events();
  }

  @Override
  public void begins() {
    long ticket = 0;
    try {
      synchronized (this) {
        begun = true;
        frozen = null;
        if (status != null && !over) {
          ticket = records.append(RecordKind.BEGUN, id, text(status.get()));
        }
      }
      records.sync(ticket);
    } catch (JournalException e) {
      log.debug("That export {} has begun is not written", id, e); // the journal has logged why
    }
  }

  @Override
  public void stateChanged(StreamStatus now) {
    history.note(now);
    records.watch(writing, now.state() == StreamState.STREAMING);
    if (!now.state().ended()) {
      save();
      return;
    }
    boolean write;
    synchronized (this) {
      write = !over && frozen == null;
      over = true;
    }
    if (write) {
      writeEnd(now);
    }
  }

  /** Allows its end, which is on disk, to be reported, unless it is being removed. */
  public void settle() {
    boolean leaves;
    synchronized (this) {
      leaves = removing;
    }
    if (!leaves) {
      settled.countDown();
    }
  }

  private void writeEnd(StreamStatus end) {
    try {
      records.sync(records.append(RecordKind.END, id, text(end)));
    } catch (JournalException e) {
      log.error("Export {} is {}, which is not on disk: {}", id, end.state(), e.getMessage());
    }
  }

  /** Writes the current state soon, on another thread. Only ends are waited for. */
  private void save() {
    if (records.isKept() && queued.compareAndSet(false, true)) {
      records.soon(this::saveNow);
    }
  }

  private synchronized void saveNow() {
    queued.set(false);
    StreamStatus now = status == null ? null : status.get();
    if (now != null && !over && frozen == null && !now.state().ended()) {
      try {
        records.append(RecordKind.STATE, id, text(now));
      } catch (JournalException e) {
        log.debug("The state of export {} is not written", id, e);
      }
    }
  }

  private String text(StreamStatus now) {
    return new SavedState(now, history.events()).text();
  }

  /** Begins its removal. Call it before the end that this causes, which is not recorded. */
  public synchronized void beginRemoval() {
    over = true;
    removing = true;
  }

  /** Records the removal on disk. {@link #endRemoval} must follow in any case. */
  public void remove() throws JournalException {
    records.sync(records.append(RecordKind.REMOVED, id, ""));
  }

  /** Ends its removal. If that failed, its end may be reported. */
  public void endRemoval(boolean removed) {
    gone = removed;
    settled.countDown();
  }

  /** Returns whether it was removed. */
  public boolean isGone() {
    return gone;
  }

  /**
   * Freezes the recorded state at the service's stop, so that the export can go on from it.
   *
   * @return false if it cannot, because it has begun, has ended, or is not kept
   */
  public synchronized boolean freeze(StreamStatus now) {
    if (!records.isKept() || begun || over || now.state().ended()) {
      return false;
    }
    frozen = now;
    return true;
  }

  /** Returns its state after the next start; null unless it is frozen. */
  public @Nullable StreamStatus frozen() {
    return frozen;
  }

  /** Returns whether its end may be reported. */
  public boolean isSettled() {
    return settled.getCount() == 0;
  }

  /** Waits up to 20 s until its end may be reported; false if it may not be. */
  public boolean awaitSettled() {
    try {
      return settled.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
