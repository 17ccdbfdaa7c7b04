package dev.sluice.stream.bytes;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.request.RequestLock;
import dev.sluice.stream.request.SinglePeer;
import dev.sluice.stream.request.StreamTimers;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A stream as whoever manages it sees it: its settings, its state, and its end. */
abstract class ManagedStream {

  private final StreamCore core;
  private final RequestLock lock;
  private final StreamTimers timers;
  private final SinglePeer peer;

  ManagedStream(
      Direction direction, Endpoint endpoint, StreamSettings settings, StreamContext context) {
    this.core =
        new StreamCore(
            direction, settings, context.listener(), context.observer(), this::fail, this::missing);
    this.lock = new RequestLock(core);
    this.timers = new StreamTimers(core, settings.timeouts(), context.timer());
    this.peer = new SinglePeer(core, endpoint, timers);
  }

  /** Which way the bytes go. */
  public final Direction direction() {
    return core.direction();
  }

  /** The size that clients see, in bytes. */
  public final long advertisedSize() {
    return settings().advertisedSize();
  }

  public final StreamSettings settings() {
    return core.settings();
  }

  /** The stream as it is now. */
  public final StreamStatus status() {
    return core.status();
  }

  /** Bytes per second in the last ten seconds; empty until one is over. */
  public final OptionalLong throughput() {
    return core.progress().throughput();
  }

  /** How long no byte has moved, in milliseconds. */
  public final long standingStillMillis() {
    return core.progress().standingStillMillis();
  }

  /** Begins its lifetime; to be called once. */
  public final void start() {
    start(Duration.ZERO);
  }

  /** The same for one that has been there for a while already. */
  public final void start(Duration age) {
    timers.startLifetime(age);
  }

  /** Makes it what a stream was that has ended; to be called before anybody else has it. */
  public final void restore(StreamStatus ended) {
    core.restore(ended);
  }

  /** Changes the rate limit, or the size before the first client came; false: it is too late. */
  public final boolean change(UnaryOperator<StreamSettings> change) {
    return core.change(change);
  }

  /** Whether it is being finished and its peer is there to take, or give, the rest. */
  public final boolean isFinishingWithPeer() {
    return core.lifecycle().isFinishing() && hasPeer();
  }

  /**
   * Lets no client attach any more, before {@link #cancel}.
   *
   * @return false, and nothing has changed, when a client is attached
   */
  public final boolean retire() {
    return core.lifecycle().retire();
  }

  /** Ends the stream as CANCELLED, now; clients are woken and the endpoint is closed. */
  public final void cancel() {
    end(StreamState.CANCELLED, () -> "cancelled on request at position " + position());
  }

  /** Ends the stream as FAILED, now; clients are woken and the endpoint is closed. */
  public final void fail(String reason) {
    end(StreamState.FAILED, () -> "%s at position %d".formatted(reason, position()));
  }

  /** The stream is whole. In the lock; nothing can be lost any more. */
  final void complete() throws IOException {
    peer.require();
    release();
    core.progress().end();
    if (!end(StreamState.COMPLETED, () -> null)) {
      throw core.lifecycle().ended();
    }
  }

  /** When this returns, the endpoint is closed, whoever ended the stream. */
  private boolean end(StreamState state, Supplier<@Nullable String> failure) {
    boolean first = core.lifecycle().end(state, failure);
    if (state == StreamState.CANCELLED) {
      core.lifecycle().wakeClients(); // those of a stream that is complete, too
    }
    lock.takeLast(
        () -> {
          release();
          core.progress().end();
        });
    timers.stop();
    if (first) {
      core.observer().ended(direction(), state);
      core.listener().stateChanged(status());
    }
    return first;
  }

  final StreamCore core() {
    return core;
  }

  final RequestLock lock() {
    return lock;
  }

  final StreamTimers timers() {
    return timers;
  }

  final long position() {
    return core.position();
  }

  /** Whether the peer has opened its end. Needs no lock. */
  abstract boolean hasPeer();

  /** What clients have to bring for the stream to go on, in words, if that is known. Any thread. */
  @Nullable String missing() {
    return null;
  }

  /** Closes the endpoint and frees all memory. In the lock; idempotent. */
  abstract void release();
}
