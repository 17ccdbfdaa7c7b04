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
 * One export in the journal. It hears of the stream's changes before everybody else does, {@link
 * #settle} ends what is done for the end, and {@link #awaitSettled} says when others may be told.
 * Its monitor guards the order of its records; nobody waits for a disk with it.
 */
public final class KeptExport implements StreamListener {

  private static final Logger log = LoggerFactory.getLogger(KeptExport.class);

  /** A disk that needs longer is as good as lost. */
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

  /** One that {@link #create} writes. */
  public KeptExport(String id, SavedExport saved, Records records) {
    this.id = id;
    this.saved = saved;
    this.records = records;
  }

  /** What was asked for is written; {@link Records#sync} waits for what this returns. */
  public synchronized long create() throws JournalException {
    return records.append(RecordKind.SPEC, id, saved.text());
  }

  /** It goes on after a restart, perhaps with another file; {@link Records#sync} is to follow. */
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

  /** Its settings are others from now on, for certain. */
  public void change(StreamSettings settings) throws JournalException {
    long ticket;
    synchronized (this) {
      SavedExport changed = saved.with(settings);
      ticket = records.append(RecordKind.SPEC, id, changed.text());
      saved = changed;
    }
    records.sync(ticket);
  }

  /** Its events from before this start. */
  public KeptExport after(List<Event> earlier) {
    history.addAll(earlier);
    return this;
  }

  /** It is there; from here on this asks for its state. */
  public synchronized void follow(Supplier<StreamStatus> now) {
    status = now;
    if (history.events().isEmpty()) {
      history.note(Event.of(saved.createdAt(), StreamState.WAITING, 0, null));
    }
  }

  /** It ended before this start. */
  public void restoreEnd() {
    synchronized (this) {
      over = true;
    }
    settled.countDown();
  }

  /** It has ended by this start; {@link Records#sync} is to follow. */
  public void endByRestart(StreamStatus end) {
    history.note(end);
    try {
      records.append(RecordKind.END, id, text(end));
    } catch (JournalException e) {
      log.warn("Export {} is {}, which is not on disk: {}", id, end.state(), e.getMessage());
    }
    restoreEnd();
  }

  /** The changes of its state. */
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
      log.debug("That export {} has begun is not written", id, e); // the journal has complained
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

  /** Its end is on disk, and its file is free: others may be told, unless it is to be removed. */
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

  /** Has the state written as it is, some time soon; only an end is worth waiting for. */
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

  /** It is to be removed: its end by that is not worth a record. Before that end. */
  public synchronized void beginRemoval() {
    over = true;
    removing = true;
  }

  /** Nothing of it is kept from now on, for certain; {@link #endRemoval} follows in any case. */
  public void remove() throws JournalException {
    records.sync(records.append(RecordKind.REMOVED, id, ""));
  }

  /** It was removed, or that did not work and its end may be told. */
  public void endRemoval(boolean removed) {
    gone = removed;
    settled.countDown();
  }

  /** Whether it was removed. */
  public boolean isGone() {
    return gone;
  }

  /**
   * The service ends, and this is to go on as it is after the next start.
   *
   * @return false where it cannot, since it has begun or is not kept
   */
  public synchronized boolean freeze(StreamStatus now) {
    if (!records.isKept() || begun || over || now.state().ended()) {
      return false;
    }
    frozen = now;
    return true;
  }

  /** Its state as it is to be after the next start, if the service ends and it can go on. */
  public @Nullable StreamStatus frozen() {
    return frozen;
  }

  /** Whether its end may be told. */
  public boolean isSettled() {
    return settled.getCount() == 0;
  }

  /** Waits until its end may be told; false if that takes too long. */
  public boolean awaitSettled() {
    try {
      return settled.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
