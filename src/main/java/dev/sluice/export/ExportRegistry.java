package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.ExportException.Reason;
import dev.sluice.logging.LogQuota;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.bytes.ByteStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All exports, and the only owner of that knowledge. Finding and listing takes no lock.
 *
 * <p>Two locks, taken in this order: {@code creating} lets one export at a time be made, file
 * system calls included; the monitor guards the fields, and nobody waits on it. Streams are never
 * ended under the monitor, since they call back.
 */
public final class ExportRegistry {

  private final ExportProperties properties;
  private final StreamFactory streams;
  private final ReentrantLock creating = new ReentrantLock();

  private final ExportChanges changes = new ExportChanges();
  private final ExportTable exports;
  private final BusyExports busy;
  private final UsedFiles files = new UsedFiles();
  private final DescriptorReserve descriptors = new DescriptorReserve();
  private boolean running = true;
  private boolean draining;

  /** A registry whose exports have their own names, or whose one export has every name. */
  public ExportRegistry(ExportProperties properties, StreamFactory streams, boolean anyName) {
    this.properties = properties;
    this.streams = streams;
    this.exports = new ExportTable(anyName, changes);
    this.busy = new BusyExports(exports, changes);
  }

  /**
   * Makes an export, in state WAITING.
   *
   * @throws ExportException when its name or file is in use, its path cannot be used, there are too
   *     many exports, or the service is stopping; nothing is left behind then
   */
  public Export create(ExportSpec spec) {
    creating.lock();
    try {
      requireRoom(spec);
      Endpoint endpoint = streams.claim(spec);
      boolean registered = false;
      try {
        requireFreeFile(spec, endpoint);
        StreamLog log = new StreamLog(spec.name(), spec.direction());
        Export export = register(spec, endpoint, log);
        registered = true;
        log.created(export.stream().status());
        return export;
      } finally {
        if (!registered) {
          endpoint.close();
        }
      }
    } finally {
      creating.unlock();
    }
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
  public synchronized int openCount() {
    return files.size();
  }

  /** What keeps FIFOs from being made in the roots now; a root that has gone may be back by it. */
  public List<String> rootTroubles() {
    return streams.rootTroubles();
  }

  /** Whether no export can be made any more, since the service stops. */
  public synchronized boolean isStopping() {
    return draining || !running;
  }

  /**
   * Ends an export's stream as cancelled, unless it has ended, and forgets the export.
   *
   * @param force whether to do so even while clients are attached
   * @throws ExportException when there is no such export, or a client is attached
   */
  public void delete(String name, boolean force) {
    remove(name, force).stream().cancel();
  }

  private synchronized Export remove(String name, boolean force) {
    Export export = named(name);
    if (!force) {
      export.retire();
    }
    exports.remove(export);
    return export;
  }

  private synchronized void requireRoom(ExportSpec spec) {
    requireRunning();
    descriptors.requireEnough();
    if (exports.find(spec.name()).isPresent()) {
      throw ExportException.conflict(
          "name", spec.name(), "it is taken; delete that export first, or choose another name");
    }
    files.requireFreePath(spec);
    files.requireFewerThan(properties.max());
  }

  private synchronized Export register(ExportSpec spec, Endpoint endpoint, StreamLog log) {
    requireRunning();
    UsedFiles.UsedFile file = new UsedFiles.UsedFile(spec.name(), spec.path(), endpoint);
    StreamListener releasing =
        status -> {
          if (status.state().ended()) {
            release(file);
          }
        };
    ByteStream stream = streams.open(spec, endpoint, List.of(log, releasing, changes));
    InnerPipe data = endpoint instanceof InnerPipe inner ? inner : null;
    Export export =
        new Export(ExportId.random(), spec, Instant.now(), stream, data, new LogQuota());
    stream.start();
    files.add(file);
    exports.add(export);
    return export;
  }

  private synchronized void requireFreeFile(ExportSpec spec, Endpoint endpoint) {
    files.requireOwnFile(spec, endpoint);
    StreamFactory.requireEmpty(spec, endpoint);
  }

  private void requireRunning() {
    if (isStopping()) {
      throw ExportException.because(Reason.STOPPING, "the service is stopping");
    }
  }

  /** Told after the log, and after the stream has closed its endpoint. */
  private synchronized void release(UsedFiles.UsedFile file) {
    files.remove(file);
    exports.noteEnd(properties.keepEnded());
  }

  // The end.

  /** Takes no more exports. */
  public synchronized void refuseNew() {
    draining = true;
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
    synchronized (this) {
      running = false;
    }
    for (Export export : list()) {
      export.stream().fail("the service was stopped");
      export.stream().cancel(); // which only sends clients of ended streams away
    }
  }

  /** Whether streams have not been ended yet, since the service goes on. */
  public synchronized boolean isRunning() {
    return running;
  }
}
