package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.Endpoints;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Makes streams, and owns the timer and where their endpoints come from. */
public final class StreamFactory implements AutoCloseable {

  /** What no other path would change. */
  private static final Set<Integer> OF_SYSTEM =
      Set.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EIO);

  private final Endpoints endpoints;
  private final WindowMemory memory;
  private final StreamObserver observer;
  private final ExportFollower follower;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("export-timer").daemon().factory());

  /**
   * A factory.
   *
   * @param memory for the windows of all its streams
   * @param observer who measures what they do
   * @param follower who is told of each stream that is made
   */
  public StreamFactory(
      Endpoints endpoints, WindowMemory memory, StreamObserver observer, ExportFollower follower) {
    this.endpoints = endpoints;
    this.memory = memory;
    this.observer = observer;
    this.follower = follower;
    timer.setRemoveOnCancelPolicy(true);
    // A request's thread would start it otherwise, and pass its low priority on.
    timer.prestartCoreThread();
  }

  /**
   * Claims the endpoint of an export that is asked for.
   *
   * @throws ExportException when its path cannot be one
   */
  Endpoint claim(ExportSpec spec) {
    Flow flow = spec.direction() == Direction.WRITE ? Flow.TO_PEER : Flow.FROM_PEER;
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
   * Throws if a stream would have to follow the bytes of an earlier one. Once it is certain that no
   * other export uses the file.
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

  /** As {@link ExportRegistry#reserve}. */
  Runnable reserve(FileStatus socket) {
    return endpoints.reserve(socket);
  }

  /** What keeps endpoints from being made in the roots now. */
  List<String> rootTroubles() {
    return endpoints.troubles();
  }

  /**
   * The stream of an export; it owns the endpoint from now on.
   *
   * @param listeners are told in their order
   */
  ByteStream open(ExportSpec spec, Endpoint endpoint, List<StreamListener> listeners) {
    StreamListener all = listeners.stream().reduce(follower.follow(spec), StreamFactory::both);
    StreamContext context = new StreamContext(all, observer, timer, memory);
    return switch (spec.direction()) {
      case WRITE -> new WriteStream(endpoint, spec.settings(), context);
      case READ -> new ReadStream(endpoint, spec.settings(), context);
    };
  }

  private static StreamListener both(StreamListener first, StreamListener second) {
    return new StreamListener() {
      @Override
      public void stateChanged(StreamStatus status) {
        first.stateChanged(status);
        second.stateChanged(status);
      }

      @Override
      public void clientDropped(String reason) {
        first.clientDropped(reason);
        second.clientDropped(reason);
      }

      @Override
      public void clientLeft() {
        first.clientLeft();
        second.clientLeft();
      }
    };
  }

  @Override
  public void close() {
    timer.shutdownNow();
    endpoints.close();
  }
}
