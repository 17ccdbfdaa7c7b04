package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.export.RefusedException.Reason;
import dev.sluice.stream.ByteStream;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * All exports, and the only owner of that knowledge. Finding and listing takes no lock.
 *
 * <p>Two locks, taken in this order: {@code creating} lets one export at a time be made, file
 * system calls included; the monitor guards the fields, and nothing waits in it. Streams are never
 * ended under the monitor, since they call back.
 */
@Component
public final class ExportRegistry implements SmartLifecycle {

  /**
   * Starts before the web server and stops after it, and so after every listener in the default
   * phase has stopped taking in clients.
   */
  public static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

  /**
   * An endpoint from its claim until its stream has let go of it, and of the file.
   *
   * @param identity equal for two names of one file
   */
  private record Claim(String name, Path path, Object identity) {}

  private final ExportProperties properties;
  private final StreamFactory streams;
  private final ReentrantLock creating = new ReentrantLock();

  /** By name, in the order of creation; replaced whole. */
  private volatile Map<String, Export> exports = Map.of();

  private final Set<Claim> claims = new HashSet<>();
  private boolean running;

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
        requireOwnFile(spec, endpoint);
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
    return Optional.ofNullable(exports.get(name));
  }

  /** All exports in the order of their creation, ended ones included. */
  public List<Export> list() {
    return List.copyOf(exports.values());
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
   * Ends an export's stream as complete; waits until the peer has taken everything.
   *
   * @param pad whether what is missing of the declared size is to be zeroes
   * @throws RefusedException when there is no such export, a client is attached, bytes are missing,
   *     or the stream has ended already, perhaps meanwhile
   */
  public Export finish(String name, boolean pad) {
    Export export = find(name).orElseThrow(() -> RefusedException.unknownExport(name));
    try {
      export.stream().finish(pad);
    } catch (IOException e) {
      throw RefusedException.of(Reason.CONFLICT, "name", name, String.valueOf(e.getMessage()));
    }
    return export;
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
      boolean ended = export.stream().status().state().ended();
      throw ended
          ? RefusedException.of(Reason.CONFLICT, "name", name, "the export has ended")
          : RefusedException.because(
              Reason.CONFLICT, "size: a client has seen it, so it cannot change any more");
    }
    return export;
  }

  private synchronized Export remove(String name, boolean force) {
    Export export = exports.get(name);
    if (export == null) {
      throw RefusedException.unknownExport(name);
    }
    if (!force && !export.stream().retire()) {
      throw RefusedException.of(
          Reason.CONFLICT,
          "name",
          name,
          "%d client(s) attached; wait until none is, or end the stream at once with ?force=true"
              .formatted(export.stream().status().clients()));
    }
    change(map -> map.remove(name));
    return export;
  }

  private synchronized void requireRoom(ExportSpec spec) {
    requireRunning();
    if (exports.containsKey(spec.name())) {
      throw RefusedException.of(
          Reason.CONFLICT,
          "name",
          spec.name(),
          "it is taken; delete that export first, or choose another name");
    }
    for (Claim claim : claims) {
      if (claim.path().equals(spec.path())) {
        throw usedBy(claim, spec);
      }
    }
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
    Claim claim = new Claim(spec.name(), spec.path(), endpoint.identity());
    ByteStream stream = streams.open(spec, endpoint, status -> stateChanged(claim, spec, status));
    Export export = new Export(spec, Instant.now(), stream);
    stream.start();
    claims.add(claim);
    change(map -> map.put(spec.name(), export));
    return export;
  }

  /** Whether another export uses the file under another name; an endpoint keeps its identity. */
  private synchronized void requireOwnFile(ExportSpec spec, Endpoint endpoint) {
    for (Claim claim : claims) {
      if (claim.identity().equals(endpoint.identity())) {
        throw usedBy(claim, spec);
      }
    }
  }

  private static RefusedException usedBy(Claim claim, ExportSpec spec) {
    return RefusedException.of(
        Reason.CONFLICT,
        "path",
        spec.path().toString(),
        "export %s uses this file until it ends".formatted(claim.name()));
  }

  private void requireRunning() {
    if (!running) {
      throw RefusedException.because(Reason.STOPPING, "the service is stopping");
    }
  }

  /** Called by the stream, which has closed its endpoint before it tells of its end. */
  private void stateChanged(Claim claim, ExportSpec spec, StreamStatus status) {
    StreamLog.stateChanged(spec.name(), spec.direction(), status);
    if (status.state().ended()) {
      release(claim);
    }
  }

  private synchronized void release(Claim claim) {
    claims.remove(claim);
    List<Export> ended =
        exports.values().stream().filter(export -> endedAt(export) != null).toList();
    int surplus = ended.size() - properties.keepEnded();
    if (surplus > 0) {
      change(
          map ->
              ended.stream()
                  .sorted(Comparator.comparing(e -> Objects.requireNonNull(endedAt(e))))
                  .limit(surplus)
                  .forEach(export -> map.remove(export.name())));
    }
  }

  private static @Nullable Instant endedAt(Export export) {
    return export.stream().status().endedAt();
  }

  /** Under the monitor. */
  private void change(Consumer<Map<String, Export>> step) {
    Map<String, Export> copy = new LinkedHashMap<>(exports);
    step.accept(copy);
    exports = Collections.unmodifiableMap(copy);
  }

  // Lifecycle.

  @Override
  public synchronized void start() {
    running = true;
  }

  /** Ends every stream, which removes the FIFOs that were made; no export can be made any more. */
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
