package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.Endpoints;
import dev.sluice.endpoint.GoneEndpoint;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.endpoint.RefusedEndpointException;
import dev.sluice.export.ExportException.Reason;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.ByteStream;
import dev.sluice.stream.bytes.ReadStream;
import dev.sluice.stream.bytes.StreamContext;
import dev.sluice.stream.bytes.WriteStream;
import dev.sluice.stream.window.WindowMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates streams and their endpoints. Owns the timer and the {@link Endpoints}. */
public final class StreamFactory implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StreamFactory.class);

  /** Errors that the system causes, and not the path. */
  private static final Set<Integer> OF_SYSTEM =
      Set.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EIO);

  /** The most by which the clock of a file system may be behind. */
  private static final Duration CLOCK_STEP = Duration.ofMillis(20);

  /** The most time between the request for an export and the creation of its file. */
  private static final Duration MAKING = Duration.ofSeconds(5);

  /** Window memory for streams that have ended. They use none, whatever their settings say. */
  private static final WindowMemory UNUSED_MEMORY = new WindowMemory(Long.MAX_VALUE);

  private final Endpoints endpoints;
  private final WindowMemory memory;
  private final StreamObserver observer;
  private final ExportFollower follower;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("export-timer").daemon().factory());

  /**
   * Creates a factory.
   *
   * @param memory the memory for the windows of all its streams
   * @param observer measures what the streams do
   * @param follower is told of each new stream
   */
  public StreamFactory(
      Endpoints endpoints, WindowMemory memory, StreamObserver observer, ExportFollower follower) {
    this.endpoints = endpoints;
    this.memory = memory;
    this.observer = observer;
    this.follower = follower;
    timer.setRemoveOnCancelPolicy(true);
    // A request's thread would start it otherwise, and pass on its low priority.
    timer.prestartCoreThread();
  }

  /**
   * Claims the endpoint of a new export.
   *
   * @throws ExportException when it cannot be created
   */
  Endpoint claim(ExportSpec spec) {
    Flow flow = flow(spec);
    FilePath path = spec.path();
    if (path == null) {
      return innerPipe(flow);
    }
    try {
      return spec.listen() ? endpoints.listen(path, flow) : endpoints.claim(path, flow);
    } catch (RefusedEndpointException e) {
      throw refused(spec, e);
    }
  }

  private static InnerPipe innerPipe(Flow flow) {
    try {
      return InnerPipe.make(flow);
    } catch (ErrnoException e) {
      throw ExportException.because(
          Reason.UNAVAILABLE, "no pipe can be made now: " + e.getMessage());
    }
  }

  /**
   * Fails if bytes of an earlier stream are left in the endpoint. Call it only when no other export
   * uses the file.
   */
  static void requireEmpty(ExportSpec spec, Endpoint endpoint) {
    try {
      endpoint.requireEmpty();
    } catch (RefusedEndpointException e) {
      throw refused(spec, e);
    }
  }

  private static ExportException refused(ExportSpec spec, RefusedEndpointException e) {
    String message = String.valueOf(e.getMessage());
    if (e.isBecauseOfRoot()) {
      return ExportException.because(Reason.UNAVAILABLE, message);
    }
    return e.getCause() instanceof ErrnoException cause && OF_SYSTEM.contains(cause.errno())
        ? ExportException.because(
            Reason.UNAVAILABLE, "no endpoint can be made now: " + cause.getMessage())
        : ExportException.of(Reason.INVALID, "path", String.valueOf(spec.path()), message);
  }

  /** See {@link ExportRegistry#reserve}. */
  Runnable reserve(FileStatus socket) {
    return endpoints.reserve(socket);
  }

  /** Returns why endpoints cannot be created in the roots now. */
  List<String> rootTroubles() {
    return endpoints.troubles();
  }

  /**
   * Claims the endpoint of an export that an earlier run created.
   *
   * @param made the file that was made for it; null if none was
   * @throws ExportException when its path cannot be an endpoint any more, or its windows need more
   *     memory than one stream may have now
   */
  Endpoint reclaim(ExportSpec spec, @Nullable FileStatus made) {
    long needed = spec.settings().mostMemory();
    if (needed > memory.share()) {
      throw ExportException.because(
          Reason.UNAVAILABLE,
          "its windows may need %d bytes, and one stream may have %d now (sluice.exports.window-memory, window-share)"
              .formatted(needed, memory.share()));
    }
    FilePath path = spec.path();
    if (path == null || made == null) {
      return claim(spec);
    }
    try {
      if (!spec.listen()) {
        return endpoints.reclaim(path, flow(spec), made);
      }
      endpoints.removeSocket(path, made);
      return endpoints.listen(path, flow(spec));
    } catch (RefusedEndpointException e) {
      throw refused(spec, e);
    }
  }

  /** Removes the file of an export that an earlier run created, and no other file. */
  void clear(ExportSpec spec, @Nullable FileStatus made) {
    FilePath path = spec.path();
    if (path == null || made == null) {
      return;
    }
    try {
      if (spec.listen()) {
        endpoints.removeSocket(path, made);
      } else {
        endpoints.clear(path, flow(spec), made);
      }
    } catch (RefusedEndpointException e) {
      log.debug("Nothing of export {} is removed", spec.name(), e);
    }
  }

  /** Returns whether the endpoint's file does not exist yet. */
  boolean isFree(ExportSpec spec) {
    return spec.path() != null && endpoints.isFree(spec.path());
  }

  /**
   * Removes a file that an earlier run created, but could not record before it was killed.
   *
   * @param known files that are recorded, which other exports may still use
   */
  void clearUnfinished(ExportSpec spec, Instant since, Set<FileStatus> known) {
    FilePath path = spec.path();
    if (path != null) {
      try {
        endpoints.clearBorn(path, flow(spec), since.minus(CLOCK_STEP), since.plus(MAKING), known);
      } catch (RefusedEndpointException e) {
        log.debug("Nothing of export {} is removed", spec.name(), e);
      }
    }
  }

  private static Flow flow(ExportSpec spec) {
    return spec.direction() == Direction.WRITE ? Flow.TO_PEER : Flow.FROM_PEER;
  }

  /** Runs a step with this pause between two runs, until this factory is closed. */
  void repeat(Runnable step, Duration pause) {
    timer.scheduleWithFixedDelay(step, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Creates a stream that ended before this start. */
  ByteStream ended(ExportSpec spec, StreamStatus end) {
    StreamContext context = new StreamContext(status -> {}, observer, timer, UNUSED_MEMORY);
    ByteStream stream = stream(spec, new GoneEndpoint(), context);
    stream.restore(end);
    return stream;
  }

  /**
   * Creates the stream of an export. The stream owns the endpoint from now on.
   *
   * @param kept is told first, so that nobody hears of an end that is not on disk
   * @param listeners are told last, in this order
   */
  ByteStream open(
      ExportSpec spec, Endpoint endpoint, StreamListener kept, List<StreamListener> listeners) {
    StreamListener all =
        listeners.stream()
            .reduce(new BothListeners(kept, follower.follow(spec)), BothListeners::new);
    return stream(spec, endpoint, new StreamContext(all, observer, timer, memory));
  }

  private static ByteStream stream(ExportSpec spec, Endpoint endpoint, StreamContext context) {
    return switch (spec.direction()) {
      case WRITE -> new WriteStream(endpoint, spec.settings(), context);
      case READ -> new ReadStream(endpoint, spec.settings(), context);
    };
  }

  @Override
  public void close() {
    timer.shutdownNow();
    endpoints.close();
  }
}
