package dev.sluice.stream.core;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamStatus;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of one stream share: its settings, state and progress, who has the request lock,
 * and who is told what. It is handed to the parts that wait, move and time, and knows none of them.
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

  /** How the stream ended before this process began. */
  private volatile @Nullable StreamStatus restored;

  /** Whether a byte has moved between the service and the peer. The request lock guards it. */
  private boolean begun;

  /** Changed under the lifecycle's monitor: the size only before the first client came. */
  private volatile StreamSettings settings;

  /**
   * The core of a stream at position 0.
   *
   * @param listener who is told of changes of its state
   * @param observer who measures what it does
   * @param failure ends the stream as FAILED, for this reason; any thread may call it
   * @param missing what clients have to bring for the stream to go on, in words, if that is known;
   *     any thread may ask
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

  /** Changes the rate limit, or the size before the first client came; false: it is too late. */
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

  /** Who has the request lock. */
  public LockState lock() {
    return lock;
  }

  /** What requests wait for. */
  public CurrentWaitCause waits() {
    return waits;
  }

  public Progress progress() {
    return progress;
  }

  public long position() {
    return progress.position();
  }

  /** Runs while no byte moves. */
  public Deadline idle() {
    return progress.idle();
  }

  public StreamListener listener() {
    return listener;
  }

  public StreamObserver observer() {
    return observer;
  }

  /** The stream as it is now. */
  public StreamStatus status() {
    StreamStatus earlier = restored;
    if (earlier != null) {
      return earlier;
    }
    return lifecycle.status(progress::position, progress::digest, waits::waitingFor);
  }

  /** Ends the stream as FAILED, now. */
  public void fail(String reason) {
    failure.accept(reason);
  }

  /** A client asks for what comes next, even if it may take time until bytes move. In the lock. */
  public void resume() {
    if (lifecycle.resume()) {
      listener.stateChanged(status());
    }
  }

  /** The next byte may be the first that moves between the service and the peer. In the lock. */
  public void begin() {
    if (!begun) {
      begun = true;
      listener.begins();
    }
  }

  /** Whether that has been so. In the lock. */
  public boolean hasBegun() {
    return begun;
  }

  /** Makes a new stream what one was that has ended. */
  public void restore(StreamStatus ended) {
    lifecycle.end(ended.state(), ended::failure);
    restored = ended;
  }

  /** Tells that a client is dropped. */
  public void noteDropped(String reason) {
    listener.clientDropped("%s at position %d".formatted(reason, position()));
  }

  private void moved(long bytes) {
    observer.moved(direction, bytes);
    if (position() > unstartedUntil() && lifecycle.streaming()) {
      listener.stateChanged(status());
    }
  }

  /** Up to this position, nothing irrevocable has happened: the head can be read again. */
  private long unstartedUntil() {
    return direction == Direction.READ ? settings.headWindow() : 0;
  }
}
