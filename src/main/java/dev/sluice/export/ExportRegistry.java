package dev.sluice.export;

import dev.sluice.export.ExportException.Reason;
import dev.sluice.export.record.Records;
import dev.sluice.journal.Entry;
import dev.sluice.journal.JournalException;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All exports, and the only owner of that knowledge. Finding and listing takes no lock. Streams are
 * never ended under the monitor of {@link ExportSet}, since they call back.
 */
public final class ExportRegistry {

  private static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

  private final StreamFactory streams;
  private final Records records;
  private final ExportMaking making;
  private final ExportChanges changes = new ExportChanges();
  private final ExportSet exports;
  private final BusyExports busy;
  private final DescriptorReserve descriptors = new DescriptorReserve();

  /** A registry of which nothing is kept; its one export may have every name. */
  public ExportRegistry(ExportProperties properties, StreamFactory streams, boolean anyName) {
    this(properties, streams, anyName, Records.none());
  }

  /** A registry whose exports have their own names, or whose one export has every name. */
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
   * Makes an export, in state WAITING.
   *
   * @throws ExportException when its name or file is in use, its path cannot be used, there are too
   *     many exports, it cannot be kept, or the service is stopping; nothing is left behind then
   */
  public Export create(ExportSpec spec) {
    return making.create(spec, ExportId.random(), Instant.now());
  }

  /**
   * The same of an export that others know already.
   *
   * @param id what they know it by
   * @param createdAt when it was asked for; its lifetime begins now nevertheless
   */
  public Export create(ExportSpec spec, String id, Instant createdAt) {
    return making.create(spec, id, createdAt);
  }

  /** Takes in what an earlier service has left; to be called before anybody else is there. */
  void restore(List<Entry> entries) {
    making.restore(entries);
  }

  /** The export with this name, ended ones included. */
  public Optional<Export> find(String name) {
    return exports.find(name);
  }

  /**
   * The export with this name, or with this id; no NBD client is to reach one by its id.
   *
   * @throws ExportException when there is none
   */
  public Export get(String nameOrId) {
    return (ExportId.is(nameOrId) ? exports.findById(nameOrId) : find(nameOrId))
        .orElseThrow(() -> ExportException.unknownExport(nameOrId));
  }

  /**
   * The export with this name.
   *
   * @throws ExportException when there is none
   */
  public Export named(String name) {
    return find(name).orElseThrow(() -> ExportException.unknownExport(name));
  }

  /** All exports in the order of their creation, ended ones included. */
  public List<Export> list() {
    return exports.all();
  }

  /** Wakes whoever waits for something of them. */
  public ExportChanges changes() {
    return changes;
  }

  /** The exports that NBD clients are told of, in the order of their creation. */
  public List<Export> listed() {
    return exports.listed();
  }

  /**
   * From now on a Unix socket is nobody's endpoint, since this service itself listens on it.
   *
   * @return what makes it one again, to be run before its file's number can be another one's
   */
  public Runnable reserve(FileStatus socket) {
    return streams.reserve(socket);
  }

  /** Why there are too few file descriptors for anything new, in words, if that is so. */
  public Optional<String> shortage() {
    return descriptors.shortage();
  }

  /** How many exports have not ended; {@code sluice.exports.max} is the most. */
  public int openCount() {
    return exports.openCount();
  }

  /** What keeps FIFOs from being made in the roots now; a root that has gone may be back by it. */
  public List<String> rootTroubles() {
    return streams.rootTroubles();
  }

  /** Whether no export can be made any more, since the service stops. */
  public boolean isStopping() {
    return exports.isStopping();
  }

  /**
   * Ends an export's stream as cancelled, unless it has ended, and forgets the export.
   *
   * @param force whether to do so even while clients are attached
   * @throws ExportException when there is no such export, or a client is attached
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
      changes.note(); // whoever waits for its end could not be told before
    }
  }

  // The end.

  /** Takes no more exports. */
  public void refuseNew() {
    exports.refuseNew();
  }

  /**
   * Takes no more exports, and waits until no stream has a client any more, but not longer than
   * this. To be called when clients cannot come any more.
   *
   * @return what still runs
   */
  public List<Export> drain(Duration limit) throws InterruptedException {
    refuseNew();
    return busy.await(limit);
  }

  /**
   * Ends every stream, once, which removes the FIFOs that were made; no export can be made any
   * more.
   */
  public void stop() {
    exports.end();
    for (Export export : list()) {
      export.kept().freeze(export.stream().status()); // if it can go on after the next start
      export.stream().fail("the service was stopped");
      export.stream().cancel(); // which only sends clients of ended streams away
    }
  }

  /** Why what becomes of exports cannot be written to disk now, in words, if that is so. */
  public Optional<String> recordTrouble() {
    return records.trouble();
  }

  /** Whether streams have not been ended yet, since the service goes on. */
  public boolean isRunning() {
    return exports.isRunning();
  }
}
