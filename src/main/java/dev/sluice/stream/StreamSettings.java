package dev.sluice.stream;

import java.util.OptionalLong;

/**
 * The settings of one stream: its size, its limits, and what it does besides passing bytes on.
 *
 * @param size the stream's size in bytes, at least 1; empty if the client or the peer decides it
 * @param reorderWindow bytes that may be kept because they came, or were skipped, out of order
 * @param headWindow bytes at the start that can be rewritten (write) or reread (read)
 * @param resumeWindow bytes below the position that are kept, so that a returning client can read
 *     them again (read), or what it writes again can be compared with them (write)
 * @param timeouts how long each wait may take
 * @param assurances what is believed without evidence
 * @param copy whether payload is copied before it is acknowledged or passed on, so that later
 *     changes to the sender's memory or file cannot change it
 * @param sha256 whether to compute the digest, for which every byte has to pass through this
 *     process
 * @param rateLimit bytes per second; 0 means no limit
 */
public record StreamSettings(
    OptionalLong size,
    long reorderWindow,
    int headWindow,
    long resumeWindow,
    Timeouts timeouts,
    Assurances assurances,
    boolean copy,
    boolean sha256,
    long rateLimit) {

  /**
   * The largest disk that qemu opens, in bytes. Clients see it as the size of a stream without one.
   */
  public static final long UNKNOWN_SIZE = Long.MAX_VALUE - (1L << 30) + 1;

  /** The largest rate limit, in bytes per second. No machine's memory is that fast. */
  public static final long MAX_RATE = 1L << 40;

  /** Bytes of a stream's head that do not count against the shared window memory. */
  public static final int RESERVED_HEAD = 64 * 1024;

  /** Bytes that a read stream keeps at a time of what its client skips. */
  public static final long KEPT_PART = 256 * 1024;

  /** Sector size of clients, in bytes. The size that they see is rounded up to it. */
  public static final int SECTOR = 512;

  /** Returns settings of a stream that only passes bytes on, without a rate limit. */
  public static StreamSettings of(
      OptionalLong size, long reorderWindow, int headWindow, Timeouts timeouts) {
    return new StreamSettings(
        size, reorderWindow, headWindow, 0, timeouts, Assurances.NONE, false, false, 0);
  }

  /** Returns a copy with another size. */
  public StreamSettings withSize(OptionalLong changed) {
    return new StreamSettings(
        changed,
        reorderWindow,
        headWindow,
        resumeWindow,
        timeouts,
        assurances,
        copy,
        sha256,
        rateLimit);
  }

  /** Returns a copy with another rate limit. */
  public StreamSettings withRateLimit(long changed) {
    return new StreamSettings(
        size, reorderWindow, headWindow, resumeWindow, timeouts, assurances, copy, sha256, changed);
  }

  /** Returns a copy with other assurances. */
  public StreamSettings withAssurances(Assurances changed) {
    return new StreamSettings(
        size, reorderWindow, headWindow, resumeWindow, timeouts, changed, copy, sha256, rateLimit);
  }

  /** Returns a copy with another resume window. */
  public StreamSettings withResumeWindow(long changed) {
    return new StreamSettings(
        size, reorderWindow, headWindow, changed, timeouts, assurances, copy, sha256, rateLimit);
  }

  /** Returns a copy with another value of {@code copy}. */
  public StreamSettings withCopy(boolean changed) {
    return new StreamSettings(
        size,
        reorderWindow,
        headWindow,
        resumeWindow,
        timeouts,
        assurances,
        changed,
        sha256,
        rateLimit);
  }

  /** Returns the most memory that the stream's windows take, in bytes. */
  public long mostMemory() {
    return mostMemory(reorderWindow, headWindow, resumeWindow);
  }

  /** Returns the most memory that windows of these sizes take. All sizes are in bytes. */
  public static long mostMemory(long reorderWindow, long headWindow, long resumeWindow) {
    return reorderWindow + headWindow + resumeWindow + 2 * KEPT_PART;
  }

  /** Returns the bytes of the head that do not count against the shared window memory. */
  public int reservedHead() {
    return Math.min(headWindow, RESERVED_HEAD);
  }

  /** Returns the offset of the end of the stream; {@link #UNKNOWN_SIZE} if it has no size. */
  public long end() {
    return size.orElse(UNKNOWN_SIZE);
  }

  /** Returns the end of a write, without the padding of the last sector. */
  public long writtenTo(long offset, long length) {
    return Math.min(offset + length, end());
  }

  /** Returns the size that clients see, in bytes. */
  public long advertisedSize() {
    return (end() + SECTOR - 1) / SECTOR * SECTOR;
  }
}
