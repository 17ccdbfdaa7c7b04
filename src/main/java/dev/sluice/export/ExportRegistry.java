package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.export.RefusedException.Reason;
import dev.sluice.logging.LogQuota;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.ByteStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * All exports, and the only owner of that knowledge. Finding and listing takes no lock.
 *
 * <p>Two locks, taken in this order: {@code creating} lets one export at a time be made, file
 * system calls included; the monitor guards the fields, and only {@link #drain} waits on it.
 * Streams are never ended under the monitor, since they call back.
 */
@Component
public final class ExportRegistry implements SmartLifecycle {

  /**
   * Starts before the web server. Stops after it where {@link ExportDrain} has not stopped it
   * before, and so after every listener in the default phase has stopped taking in clients.
   */
  public static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

  private final ExportProperties properties;
  private final StreamFactory streams;
  private final ReentrantLock creating = new ReentrantLock();

  private final ExportTable exports = new ExportTable();
  private final Claims claims = new Claims();
  private final DescriptorReserve descriptors = new DescriptorReserve();
  private boolean running;
  private boolean draining;

  ExportRegistry(ExportProperties properties, StreamFactory streams) {
    this.properties = properties;
    this.streams = streams;
  }

  /**
   * Makes an export, in state WAITING.
   *
   * @throws RefusedException when its name or file is in use, its path cannot be used, there are
   *     too many exports, or the service is stopping; nothing is left behind then
   */
  public Export create(ExportSpec spec) {
    creating.lock();
    try {
      requireRoom(spec);
      Endpoint endpoint = streams.claim(spec);
      boolean registered = false;
      try {
        requireFreeFile(spec, endpoint);
        Export export = register(spec, endpoint);
        registered = true;
        StreamLog.stateChanged(spec.name(), spec.direction(), export.stream().status());
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

  /** All exports in the order of their creation, ended ones included. */
  public List<Export> list() {
    return exports.all();
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
    return claims.size();
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
   * @throws RefusedException when there is no such export, or a client is attached
   */
  public void delete(String name, boolean force) {
    remove(name, force).stream().cancel();
  }

  /**
   * Changes the settings of an export's stream.
   *
   * @throws RefusedException when there is no such export, its stream has ended, or it is too late
   *     for another size
   */
  public Export change(String name, UnaryOperator<StreamSettings> change) {
    Export export = find(name).orElseThrow(() -> RefusedException.unknownExport(name));
    if (!export.stream().change(change)) {
      throw export.stream().status().state().ended()
          ? RefusedException.of(Reason.CONFLICT, "name", name, "the export has ended")
          : RefusedException.of(
              Reason.CONFLICT,
              "size",
              size(change.apply(export.stream().settings())),
              "a client has seen it, so it cannot change any more");
    }
    return export;
  }

  private static @Nullable Long size(StreamSettings settings) {
    return settings.size().isPresent() ? settings.size().getAsLong() : null;
  }

  private synchronized Export remove(String name, boolean force) {
    Export export = find(name).orElseThrow(() -> RefusedException.unknownExport(name));
    if (!force && !export.stream().retire()) {
      throw RefusedException.of(
          Reason.CONFLICT,
          "name",
          name,
          "%d client(s) attached; wait until none is, or end the stream at once with ?force=true"
              .formatted(export.stream().status().clients()));
    }
    exports.remove(export);
    return export;
  }

  private synchronized void requireRoom(ExportSpec spec) {
    requireRunning();
    descriptors.requireEnough();
    if (exports.find(spec.name()).isPresent()) {
      throw RefusedException.of(
          Reason.CONFLICT,
          "name",
          spec.name(),
          "it is taken; delete that export first, or choose another name");
    }
    claims.requireFreePath(spec);
    if (claims.size() >= properties.max()) {
      throw RefusedException.because(
          Reason.FULL,
          ("%d exports have not ended, and sluice.exports.max permits no more;"
                  + " try again when one has ended")
              .formatted(claims.size()));
    }
  }

  private synchronized Export register(ExportSpec spec, Endpoint endpoint) {
    requireRunning();
    Claims.Claim claim = Claims.Claim.of(spec, endpoint);
    ByteStream stream = streams.open(spec, endpoint, listener(claim, spec));
    Export export = new Export(ExportId.random(), spec, Instant.now(), stream, new LogQuota());
    stream.start();
    claims.add(claim);
    exports.add(export);
    return export;
  }

  private synchronized void requireFreeFile(ExportSpec spec, Endpoint endpoint) {
    claims.requireOwnFile(spec, endpoint);
    StreamFactory.requireEmpty(spec, endpoint);
  }

  private void requireRunning() {
    if (isStopping()) {
      throw RefusedException.because(Reason.STOPPING, "the service is stopping");
    }
  }

  private StreamListener listener(Claims.Claim claim, ExportSpec spec) {
    LogQuota changes = new LogQuota();
    LogQuota drops = new LogQuota();
    return new StreamListener() {
      @Override
      public void stateChanged(StreamStatus status) {
        // The stream has closed its endpoint before it tells of its end.
        StreamLog.stateChanged(spec.name(), spec.direction(), status, changes);
        if (status.state().ended()) {
          release(claim);
        }
        wakeDrain();
      }

      @Override
      public void clientDropped(String reason) {
        StreamLog.clientDropped(spec.name(), reason, drops);
      }

      @Override
      public void clientLeft() {
        wakeDrain();
      }
    };
  }

  private synchronized void release(Claims.Claim claim) {
    claims.remove(claim);
    exports.noteEnd(properties.keepEnded());
  }

  // Lifecycle.

  @Override
  public synchronized void start() {
    running = true;
    draining = false;
  }

  /** Takes no more exports until the next start. */
  synchronized void refuseNew() {
    draining = true;
  }

  /**
   * Takes no more exports, and waits until no stream has a client any more, but not longer than
   * this. To be called when clients cannot come any more.
   *
   * @return what still runs
   */
  synchronized List<Export> drain(Duration limit) throws InterruptedException {
    draining = true;
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      List<Export> busy = list().stream().filter(ExportRegistry::isBusy).toList();
      long left = deadline - System.nanoTime();
      if (busy.isEmpty() || left <= 0) {
        return busy;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private synchronized void wakeDrain() {
    notifyAll();
  }

  private static boolean isBusy(Export export) {
    StreamStatus status = export.stream().status();
    boolean moving = status.clients() > 0 || export.stream().isFinishingWithPeer();
    return !status.state().ended() && moving;
  }

  /**
   * Ends every stream, once, which removes the FIFOs that were made; no export can be made any
   * more.
   */
  @Override
  public void stop() {
    synchronized (this) {
      running = false;
    }
    for (Export export : list()) {
      export.stream().fail("the service was stopped");
      export.stream().cancel(); // which only sends clients of ended streams away
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
