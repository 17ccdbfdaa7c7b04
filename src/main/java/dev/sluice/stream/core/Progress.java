package dev.sluice.stream.core;

import dev.sluice.stream.StreamSettings;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream has come, how fast it may go, and the digest of what went. The stream's lock
 * guards it; the position and the digest's value may be read by anybody.
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
   * At position 0.
   *
   * @param moved is told of each step's bytes after it
   */
  Progress(StreamSettings settings, LongConsumer moved) {
    this.moved = moved;
    this.idle = new Deadline("no byte moved", settings.timeouts().idle());
    this.newBytes = new Deadline("no new byte came", settings.timeouts().idle());
    this.limiter = new RateLimiter(settings.rateLimit(), System::nanoTime);
    this.digest = settings.sha256() ? new StreamDigest() : null;
  }

  /** From here on, what went is given to that as well. To be called before anything goes. */
  public void tellAlso(ByteTap other) {
    tap = other;
  }

  /** Contiguous bytes that went the whole way. */
  long position() {
    return position;
  }

  /** Bytes per second in the last ten seconds; empty until one is over. Any thread. */
  public OptionalLong throughput() {
    return throughput.perSecond();
  }

  /** Runs while no byte moves. */
  Deadline idle() {
    return idle;
  }

  /**
   * Runs while no byte moves or newly arrives, whatever else clients ask for; and anew when
   * somebody comes to a stream that nobody was at.
   */
  public Deadline newBytes() {
    return newBytes;
  }

  /** When a byte last moved or newly arrived, by {@link System#nanoTime}. */
  public long newBytesAt() {
    return newBytesAt;
  }

  /** Bytes have arrived that were not there before, even if they do not move yet. */
  public void noteNewBytes() {
    newBytesAt = System.nanoTime();
    newBytes.restart();
  }

  /** Says how many of the next bytes may go now, and how long it takes otherwise. */
  public RateLimiter rateLimiter() {
    return limiter;
  }

  /** Changes how fast bytes may go, in bytes per second; 0 is without a limit. */
  void limitRate(long bytesPerSecond) {
    limiter.limit(bytesPerSecond);
  }

  /** Whether the bytes themselves have to be told to {@link #add(MemorySegment)}. */
  public boolean needsBytes() {
    return digest != null || tap != null;
  }

  /** These bytes more went the whole way. */
  public void add(MemorySegment bytes) {
    if (digest != null) {
      digest.add(bytes);
    }
    if (tap != null) {
      tap.add(bytes);
    }
    add(bytes.byteSize());
  }

  /** This many more zeroes went the whole way. */
  public void addZeroes(long count) {
    if (digest != null) {
      digest.addZeroes(count);
    }
    if (tap != null) {
      tap.addZeroes(count);
    }
    add(count);
  }

  /** This many more bytes went the whole way. */
  public void add(long bytes) {
    long reached = position + bytes;
    position = reached;
    limiter.took(bytes);
    throughput.add(bytes);
    noteMove();
    moved.accept(bytes);
  }

  /** Bytes are on their way, even if they do not count yet. */
  public void noteMove() {
    idle.restart();
    movedAt = System.nanoTime();
    noteNewBytes();
  }

  /** How long no bytes have moved; other than for idleness, requests do not count. */
  public long standingStillMillis() {
    return (System.nanoTime() - movedAt) / 1_000_000;
  }

  /** No more bytes come. Idempotent. */
  public void end() {
    if (digest != null) {
      digest.end();
    }
  }

  /** The digest, if it was asked for and no more bytes come. */
  @Nullable String digest() {
    return digest == null ? null : digest.value();
  }
}
