package dev.sluice.stream.core;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of one stream share: its settings, state and progress, the state of the request
 * lock, and the listeners. It knows none of those parts.
 */
public final class StreamCore {

  private final Direction direction;
  private final StreamListener listener;
  private final StreamObserver observer;
  private final Consumer<String> failure;
  private final Lifecycle lifecycle = new Lifecycle();
  private final LockState lock = new LockState();
  private final CurrentWaitCause waits;
  private final Progress progress;

  /** The final status of a stream that ended before this process started; null otherwise. */
  private volatile @Nullable StreamStatus restored;

  /** Whether a byte has moved between the service and the peer. Guarded by the request lock. */
  private boolean begun;

  /** Changed under the lifecycle's monitor. The size changes only before the first client came. */
  private volatile StreamSettings settings;

  /**
   * Creates the core of a stream at position 0.
   *
   * @param listener is told of changes of this stream
   * @param observer measures all streams
   * @param failure ends the stream as FAILED with a reason; any thread may call it
   * @param missing what clients have to bring for the stream to continue, as text for people; null
   *     if unknown; any thread may call it
   */
  public StreamCore(
      Direction direction,
      StreamSettings settings,
      StreamListener listener,
      StreamObserver observer,
      Consumer<String> failure,
      Supplier<@Nullable String> missing) {
    this.direction = direction;
    this.settings = settings;
    this.listener = listener;
    this.observer = observer;
    this.failure = failure;
    this.waits = new CurrentWaitCause(lifecycle, lock, missing);
    this.progress = new Progress(settings, this::moved);
  }

  public Direction direction() {
    return direction;
  }

  public StreamSettings settings() {
    return settings;
  }

  /**
   * Changes the rate limit, or the size. Returns false, without effect, if the stream has ended, or
   * if the size would change after the first client came or while the stream is being finished.
   */
  public boolean change(UnaryOperator<StreamSettings> change) {
    return lifecycle.atOneMoment(
        () -> {
          StreamSettings changed = change.apply(settings);
          boolean resized = !changed.size().equals(settings.size());
          boolean seen = lifecycle.isTouched() || lifecycle.isFinishing();
          if (lifecycle.state().ended() || (resized && seen)) {
            return false;
          }
          settings = changed;
          progress.limitRate(changed.rateLimit());
          return true;
        });
  }

  public Lifecycle lifecycle() {
    return lifecycle;
  }

  public LockState lock() {
    return lock;
  }

  /** Returns the text about what requests wait for. */
  public CurrentWaitCause waits() {
    return waits;
  }

  public Progress progress() {
    return progress;
  }

  public long position() {
    return progress.position();
  }

  /** Returns the deadline that runs while no byte moves. */
  public Deadline idle() {
    return progress.idle();
  }

  public StreamListener listener() {
    return listener;
  }

  public StreamObserver observer() {
    return observer;
  }

  /** Returns the current status. */
  public StreamStatus status() {
    StreamStatus earlier = restored;
    if (earlier != null) {
      return earlier;
    }
    return lifecycle.status(progress::position, progress::digest, waits::waitingFor);
  }

  /** Ends the stream as FAILED. Returns when the endpoint is closed. */
  public void fail(String reason) {
    failure.accept(reason);
  }

  /**
   * Ends an interruption, because a client asks for the next bytes, even if they do not move yet.
   * Called with the request lock held.
   */
  public void resume() {
    if (lifecycle.resume()) {
      tellState();
    }
  }

  /**
   * Tells the listener of the current state, unless it is final: the stream may have ended
   * meanwhile, and only the thread that ended it tells of that, once it is done.
   */
  public void tellState() {
    StreamStatus now = status();
    if (!now.state().ended()) {
      listener.stateChanged(now);
    }
  }

  /**
   * Tells the listener, once, that the first byte is about to move between the service and the
   * peer. Called with the request lock held.
   *
   * @throws IOException if the listener does not permit that
   */
  public void begin() throws IOException {
    if (!begun) {
      listener.begins();
      begun = true;
    }
  }

  /** Returns whether {@link #begin} was called. Called with the request lock held. */
  public boolean hasBegun() {
    return begun;
  }

  /** Gives a new stream the final status of one that has ended. */
  public void restore(StreamStatus ended) {
    lifecycle.end(ended.state(), ended::failure);
    restored = ended;
  }

  /** Tells the listener that a client was dropped, and at which position. */
  public void noteDropped(String reason) {
    listener.clientDropped("%s at position %d".formatted(reason, position()));
  }

  private void moved(long bytes) {
    observer.moved(direction, bytes);
    if (position() > unstartedUntil() && lifecycle.streaming()) {
      tellState();
    }
  }

  /**
   * Returns the position up to which nothing irrevocable has happened: the head can be read again.
   */
  private long unstartedUntil() {
    return direction == Direction.READ ? settings.headWindow() : 0;
  }
}
