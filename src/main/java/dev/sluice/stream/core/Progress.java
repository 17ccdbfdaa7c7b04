package dev.sluice.stream.core;

import dev.sluice.stream.StreamSettings;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream's position, its rate limit, and the digest of what has passed. Guarded by the request
 * lock. Any thread may read the position, the throughput, the times and the finished digest.
 */
public final class Progress {

  private final LongConsumer moved;
  private final Deadline idle;
  private final Deadline newBytes;
  private final RateLimiter limiter;
  private final Throughput throughput = new Throughput(System::nanoTime);
  private final @Nullable StreamDigest digest;
  private @Nullable ByteTap tap;
  private volatile long position;
  private volatile long movedAt = System.nanoTime();
  private volatile long newBytesAt = System.nanoTime();

  /**
   * Creates the progress of a stream at position 0.
   *
   * @param moved called with the number of bytes after each step
   */
  Progress(StreamSettings settings, LongConsumer moved) {
    this.moved = moved;
    this.idle = new Deadline("no byte moved", settings.timeouts().idle());
    this.newBytes = new Deadline("no new byte came", settings.timeouts().idle());
    this.limiter = new RateLimiter(settings.rateLimit(), System::nanoTime);
    this.digest = settings.sha256() ? new StreamDigest() : null;
  }

  /** Also gives everything that passes to a tap. Must be called before the first byte. */
  public void tellAlso(ByteTap other) {
    tap = other;
  }

  /** Returns the number of contiguous bytes that have passed. */
  long position() {
    return position;
  }

  /**
   * Returns bytes per second over the last ten seconds, or since the first byte; empty in the first
   * second. Any thread.
   */
  public OptionalLong throughput() {
    return throughput.perSecond();
  }

  /** Returns the deadline that runs while no byte moves. */
  Deadline idle() {
    return idle;
  }

  /**
   * Returns the deadline that runs while no byte moves and no new byte arrives, whatever else
   * clients request. It restarts when a client comes to a stream that had none.
   */
  public Deadline newBytes() {
    return newBytes;
  }

  /** Returns when a byte last moved or newly arrived, by {@link System#nanoTime}. */
  public long newBytesAt() {
    return newBytesAt;
  }

  /** Notes that bytes have arrived that were not there before, even if they do not move yet. */
  public void noteNewBytes() {
    newBytesAt = System.nanoTime();
    newBytes.restart();
  }

  /** Returns the limiter, which must be asked before bytes move. */
  public RateLimiter rateLimiter() {
    return limiter;
  }

  /** Changes the rate limit, in bytes per second; 0 means no limit. */
  void limitRate(long bytesPerSecond) {
    limiter.limit(bytesPerSecond);
  }

  /** Returns whether {@link #add(MemorySegment)} has to be called, with the bytes themselves. */
  public boolean needsBytes() {
    return digest != null || tap != null;
  }

  /** Counts these bytes as passed. */
  public void add(MemorySegment bytes) {
    if (digest != null) {
      digest.add(bytes);
    }
    if (tap != null) {
      tap.add(bytes);
    }
    add(bytes.byteSize());
  }

  /** Counts this many zeroes as passed. */
  public void addZeroes(long count) {
    if (digest != null) {
      digest.addZeroes(count);
    }
    if (tap != null) {
      tap.addZeroes(count);
    }
    add(count);
  }

  /** Counts this many bytes as passed. Only if {@link #needsBytes} is false. */
  public void add(long bytes) {
    long reached = position + bytes;
    position = reached;
    limiter.took(bytes);
    throughput.add(bytes);
    noteMove();
    moved.accept(bytes);
  }

  /** Notes that bytes are moving, even if they do not count yet. */
  public void noteMove() {
    idle.restart();
    movedAt = System.nanoTime();
    noteNewBytes();
  }

  /**
   * Returns for how long no bytes have moved, in milliseconds. Unlike {@link #idle}, requests do
   * not restart it.
   */
  public long standingStillMillis() {
    return (System.nanoTime() - movedAt) / 1_000_000;
  }

  /** Finishes the digest. Idempotent. */
  public void end() {
    if (digest != null) {
      digest.end();
    }
  }

  /** Returns the digest in hexadecimal; null if it is not computed or not finished. */
  @Nullable String digest() {
    return digest == null ? null : digest.value();
  }
}
