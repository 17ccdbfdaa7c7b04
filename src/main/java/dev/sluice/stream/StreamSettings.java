package dev.sluice.stream;

import java.util.OptionalLong;

/**
 * What one stream may use, and what it does besides passing bytes on.
 *
 * @param size the stream's size in bytes, at least 1; empty: as long as the client or peer makes it
 * @param reorderWindow bytes that may be kept because they came, or were passed over, out of order
 * @param headWindow bytes at the start that can be rewritten (write) or reread (read)
 * @param resumeWindow bytes below the position that are kept, so that a client which comes back can
 *     read them again, or have what it writes again compared with them
 * @param timeouts how long it may take for what it waits for
 * @param assurances what is believed without evidence
 * @param copy whether a client's payload is copied before it is acknowledged, so that what the
 *     client does to its memory or file later cannot change it
 * @param sha256 whether the stream's digest is computed, for which every byte has to pass through
 *     this process
 * @param rateLimit bytes per second, or 0 for as fast as it goes
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

  /** The largest disk that qemu opens, and what a client sees of a stream without a size. */
  public static final long UNKNOWN_SIZE = Long.MAX_VALUE - (1L << 30) + 1;

  /** The largest rate limit, in bytes per second: more than any machine's memory moves. */
  public static final long MAX_RATE = 1L << 40;

  /** So much of a stream's head has memory of its own, in bytes. */
  public static final int RESERVED_HEAD = 64 * 1024;

  /** How much is kept at a time of what a read stream's client passes over, in bytes. */
  public static final long KEPT_PART = 256 * 1024;

  /** Clients work in sectors of this many bytes, so sizes are rounded up to it for them. */
  public static final int SECTOR = 512;

  /** Settings with which a stream only passes bytes on, as fast as it goes. */
  public static StreamSettings of(
      OptionalLong size, long reorderWindow, int headWindow, Timeouts timeouts) {
    return new StreamSettings(
        size, reorderWindow, headWindow, 0, timeouts, Assurances.NONE, false, false, 0);
  }

  /** The same, except for the size. */
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

  /** The same, except for the rate limit. */
  public StreamSettings withRateLimit(long changed) {
    return new StreamSettings(
        size, reorderWindow, headWindow, resumeWindow, timeouts, assurances, copy, sha256, changed);
  }

  /** The same, except for the assurances. */
  public StreamSettings withAssurances(Assurances changed) {
    return new StreamSettings(
        size, reorderWindow, headWindow, resumeWindow, timeouts, changed, copy, sha256, rateLimit);
  }

  /** The same, except for the resume window. */
  public StreamSettings withResumeWindow(long changed) {
    return new StreamSettings(
        size, reorderWindow, headWindow, changed, timeouts, assurances, copy, sha256, rateLimit);
  }

  /** The same, except for whether payload is copied. */
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

  /** The most memory that the stream's windows take, in bytes. */
  public long mostMemory() {
    return mostMemory(reorderWindow, headWindow, resumeWindow);
  }

  /** The most memory that windows of these sizes take, all in bytes. */
  public static long mostMemory(long reorderWindow, long headWindow, long resumeWindow) {
    return reorderWindow + headWindow + resumeWindow + 2 * KEPT_PART;
  }

  /** The part of the head that has memory of its own. */
  public int reservedHead() {
    return Math.min(headWindow, RESERVED_HEAD);
  }

  /** The first offset that is no longer part of the stream. */
  public long end() {
    return size.orElse(UNKNOWN_SIZE);
  }

  /** Where a write ends: the last sector's padding is no part of it. */
  public long writtenTo(long offset, long length) {
    return Math.min(offset + length, end());
  }

  /** The size that clients see. */
  public long advertisedSize() {
    return (end() + SECTOR - 1) / SECTOR * SECTOR;
  }
}
