package dev.sluice.export;

import dev.sluice.export.ExportException.Reason;
import dev.sluice.export.record.Records;
import dev.sluice.journal.Entry;
import dev.sluice.journal.JournalException;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.stream.StreamListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The registry of all exports. Finding and listing take no lock. Streams are never ended under the
 * monitor of {@link ExportSet}, since they call back.
 */
public final class ExportRegistry {

  private static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

  private static final StreamListener NOBODY = _ -> {};

  private final StreamFactory streams;
  private final Records records;
  private final ExportMaking making;
  private final ExportChanges changes = new ExportChanges();
  private final ExportSet exports;
  private final BusyExports busy;
  private final DescriptorReserve descriptors = new DescriptorReserve();

  /**
   * Creates a registry without a store.
   *
   * @param anyName whether its one export has every name
   */
  public ExportRegistry(ExportProperties properties, StreamFactory streams, boolean anyName) {
    this(properties, streams, anyName, Records.none());
  }

  /**
   * Creates a registry. Its exports have their own names; or, with {@code anyName}, its one export
   * has every name.
   */
  ExportRegistry(
      ExportProperties properties, StreamFactory streams, boolean anyName, Records records) {
    this.streams = streams;
    this.records = records;
    this.exports = new ExportSet(properties, records, new ExportTable(anyName, changes));
    this.busy = new BusyExports(exports::all, changes);
    this.making = new ExportMaking(streams, records, exports, changes, descriptors);
    if (properties.retention().isPositive()) {
      streams.repeat(exports::forgetOld, FORGET_PAUSE);
    }
  }

  /**
   * Creates an export, in state WAITING.
   *
   * @throws ExportException when its name or file is in use, its path cannot be used, there are too
   *     many exports, it cannot be written to the store, or the service is stopping; nothing is
   *     left behind then
   */
  public Export create(ExportSpec spec) {
    return making.create(spec, ExportId.random(), Instant.now(), NOBODY);
  }

  /**
   * Creates an export that has an identity elsewhere.
   *
   * @param id its {@link ExportId}
   * @param createdAt when it was requested; its lifetime begins now nevertheless
   * @param gate is told first, and may keep the stream from beginning
   */
  public Export create(ExportSpec spec, String id, Instant createdAt, StreamListener gate) {
    return making.create(spec, id, createdAt, gate);
  }

  /** Restores the exports of an earlier run. Call it before any other thread uses the registry. */
  void restore(List<Entry> entries) {
    making.restore(entries);
  }

  /** Returns the export with this name, which may have ended. */
  public Optional<Export> find(String name) {
    return exports.find(name);
  }

  /**
   * Returns the export with this name or id. NBD clients must not reach an export by its id, so the
   * NBD server does not use this.
   *
   * @throws ExportException when there is none
   */
  public Export get(String nameOrId) {
    return (ExportId.is(nameOrId) ? exports.findById(nameOrId) : find(nameOrId))
        .orElseThrow(() -> ExportException.unknownExport(nameOrId));
  }

  /**
   * Returns the export with this name.
   *
   * @throws ExportException when there is none
   */
  public Export named(String name) {
    return find(name).orElseThrow(() -> ExportException.unknownExport(name));
  }

  /** Returns all exports in the order of their creation, with those that have ended. */
  public List<Export> list() {
    return exports.all();
  }

  /** Returns the object that wakes threads when exports change. */
  public ExportChanges changes() {
    return changes;
  }

  /** Returns the exports that NBD clients may list, in the order of their creation. */
  public List<Export> listed() {
    return exports.listed();
  }

  /**
   * Reserves a Unix socket on which this service itself listens, so that it cannot become an
   * endpoint.
   *
   * @return releases the socket; run it before another file can get the same inode
   */
  public Runnable reserve(FileStatus socket) {
    return streams.reserve(socket);
  }

  /**
   * Returns why nothing new is accepted for lack of file descriptors; empty if there are enough.
   */
  public Optional<String> shortage() {
    return descriptors.shortage();
  }

  /** Returns the number of exports that have not ended. Its limit is {@code sluice.exports.max}. */
  public int openCount() {
    return exports.openCount();
  }

  /**
   * Returns why FIFOs cannot be created in the roots now. Calling it may bring a lost root back.
   */
  public List<String> rootTroubles() {
    return streams.rootTroubles();
  }

  /** Returns whether the service is stopping, so that no export can be created. */
  public boolean isStopping() {
    return exports.isStopping();
  }

  /**
   * Ends an export's stream as CANCELLED, unless it has ended, and removes the export.
   *
   * @param force whether to do so even while clients are attached
   * @throws ExportException when there is no such export, a client is attached, or the removal
   *     cannot be written to the store
   */
  public void delete(String name, boolean force) {
    Export export = named(name);
    if (!force) {
      export.retire();
    }
    exports.beginRemoval(export);
    export.stream().cancel();
    boolean removed = false;
    try {
      export.kept().remove();
      removed = true;
    } catch (JournalException e) {
      throw ExportException.because(
          Reason.UNAVAILABLE,
          "it has ended, but would be there again after a restart: %s; try again"
              .formatted(e.getMessage()));
    } finally {
      exports.endRemoval(export, removed);
      changes.note(); // only now may its end be reported
    }
  }

  /** Refuses new exports from now on. */
  public void refuseNew() {
    exports.refuseNew();
  }

  /**
   * Refuses new exports, and waits until no export is in use, or the time is over. Call it when
   * clients cannot connect any more.
   *
   * @return the exports that are still in use
   */
  public List<Export> drain(Duration limit) throws InterruptedException {
    refuseNew();
    return busy.await(limit);
  }

  /**
   * Ends every stream, which removes the FIFOs that the service created. No export can be created
   * after that. Idempotent.
   */
  public void stop() {
    exports.end();
    for (Export export : list()) {
      export.kept().freeze(export.stream().status()); // if it can go on after the next start
      export.stream().fail("the service was stopped");
      export.stream().cancel(); // this only disconnects the clients of streams that have ended
    }
  }

  /** Returns why the state of exports cannot be written to disk now; empty if it can. */
  public Optional<String> recordTrouble() {
    return records.trouble();
  }

  /** Returns whether {@link #stop} was not called yet. */
  public boolean isRunning() {
    return exports.isRunning();
  }
}
