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

/** A stream as its manager uses it: settings, state and end. */
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

  /** Returns the size that clients see, in bytes. */
  public final long advertisedSize() {
    return settings().advertisedSize();
  }

  public final StreamSettings settings() {
    return core.settings();
  }

  /** Returns the current status. */
  public final StreamStatus status() {
    return core.status();
  }

  /**
   * Returns bytes per second over the last ten seconds, or since the first byte; empty in the first
   * second.
   */
  public final OptionalLong throughput() {
    return core.progress().throughput();
  }

  /** Returns for how long no byte has moved, in milliseconds. */
  public final long standingStillMillis() {
    return core.progress().standingStillMillis();
  }

  /** Starts the lifetime. Must be called at most once. */
  public final void start() {
    start(Duration.ZERO);
  }

  /**
   * Starts the lifetime of a stream that was created earlier.
   *
   * @param age time since it was created
   */
  public final void start(Duration age) {
    timers.startLifetime(age);
  }

  /**
   * Gives this stream the final status of one that has ended. Must be called before anybody else
   * uses it.
   */
  public final void restore(StreamStatus ended) {
    core.restore(ended);
  }

  /**
   * Changes the rate limit, or the size. Returns false, without effect, if the stream has ended, or
   * if the size would change after the first client came or while the stream is being finished.
   */
  public final boolean change(UnaryOperator<StreamSettings> change) {
    return core.change(change);
  }

  /** Returns whether the stream is being finished and its peer has opened its end. */
  public final boolean isFinishingWithPeer() {
    return core.lifecycle().isFinishing() && hasPeer();
  }

  /**
   * Refuses all further clients, before {@link #cancel}.
   *
   * @return false, without effect, if a client is attached
   */
  public final boolean retire() {
    return core.lifecycle().retire();
  }

  /**
   * Ends the stream as CANCELLED, unless it has ended. In any case, wakes the clients and closes
   * the endpoint.
   */
  public final void cancel() {
    end(StreamState.CANCELLED, () -> "cancelled on request at position " + position());
  }

  /** Ends the stream as FAILED, unless it has ended. Wakes the clients and closes the endpoint. */
  public final void fail(String reason) {
    end(StreamState.FAILED, () -> "%s at position %d".formatted(reason, position()));
  }

  /**
   * Ends the stream as COMPLETED. Called with the request lock held, once no byte can be lost any
   * more.
   */
  final void complete() throws IOException {
    peer.require();
    release();
    core.progress().end();
    if (!end(StreamState.COMPLETED, () -> null)) {
      throw core.lifecycle().ended();
    }
  }

  /** Ends the stream unless it has ended. The endpoint is closed on return in any case. */
  private boolean end(StreamState state, Supplier<@Nullable String> failure) {
    boolean first = core.lifecycle().end(state, failure);
    if (state == StreamState.CANCELLED) {
      core.lifecycle().wakeClients(); // also those of a COMPLETED stream
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

  /** Returns whether the peer has opened its end. Any thread. */
  abstract boolean hasPeer();

  /**
   * Returns what clients have to bring for the stream to continue, as text for people; null if
   * unknown. Any thread.
   */
  @Nullable String missing() {
    return null;
  }

  /** Closes the endpoint and frees all memory. Idempotent. Called with the request lock held. */
  abstract void release();
}
