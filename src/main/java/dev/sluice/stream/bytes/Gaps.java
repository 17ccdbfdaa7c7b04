package dev.sluice.stream.bytes;

import dev.sluice.stream.client.WriteHistory;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.Ranges;
import dev.sluice.stream.window.Window;

/**
 * What the gaps between written ranges mean: zeroes that nobody wrote, or missing data. Guarded by
 * the request lock.
 */
final class Gaps {

  /** The most ranges to remember. If there are more, they become one. */
  private static final int MAX_RANGES = 65_536;

  private final StreamCore core;
  private final Window window;

  /**
   * Gaps that were filled with zeroes that no client wrote. Data that comes for them later is lost,
   * and fails the stream.
   */
  private final Ranges guesses = new Ranges();

  /**
   * A gap below this is missing data, because a client has left. Only an explicit request turns it
   * into zeroes.
   */
  private long missingBelow;

  /**
   * Whether a client has left that may have had more to write. No gap is known to be zeroes then.
   */
  private boolean owed;

  /**
   * Below this, the window may hold what a lost client wrote ahead. A client that continues at the
   * position writes those bytes again, so the position must not pass them.
   */
  private long heldBelow;

  /** Whether a client has left that may have had other bytes for a gap that was filled. */
  private boolean guessLeft;

  Gaps(StreamCore core, Window window) {
    this.core = core;
    this.window = window;
  }

  /** Notes that a gap was filled with zeroes that nobody wrote. */
  void noteGuess(long from, long end) {
    guesses.add(from, end);
    guesses.collapseAbove(MAX_RANGES); // errs on the safe side
  }

  /** Returns whether any gap was filled with zeroes that nobody wrote. */
  boolean hasGuessed() {
    return !guesses.isEmpty();
  }

  /** Returns whether such a gap was filled within a range. */
  boolean hasGuessed(long offset, long end) {
    return guesses.overlaps(offset, end);
  }

  /**
   * Notes that a client has left before the end of the stream. Gaps below what was written are
   * missing data.
   *
   * @param held whether another client may continue at the position in its place
   * @param more whether the client may have had more to write; then the rest of a request that was
   *     cut off is missing as well, and the first byte that is not there, and the first one after
   *     what it wrote last
   */
  void leaveBehind(WriteHistory writes, boolean held, boolean more) {
    noteMissing();
    if (more) {
      owed = true;
      long first = window.contiguousEnd(core.position());
      long next = window.contiguousEnd(Math.max(core.position(), writes.reached()));
      long expected = Math.max(Math.max(first, next) + 1, writes.pendingEnd());
      missingBelow = Math.max(missingBelow, Math.min(expected, core.settings().end()));
    }
    if (held) {
      heldBelow = Math.max(heldBelow, window.end());
    }
    guessLeft |= hasGuessed();
  }

  /** Notes that gaps below what is kept now are missing data. */
  void noteMissing() {
    missingBelow = Math.max(missingBelow, window.end());
  }

  /** Adapts to a window from which data was dropped. */
  void holdLess() {
    heldBelow = Math.min(heldBelow, window.end());
  }

  /** Returns the offset below which the window is not delivered yet. */
  long heldBelow() {
    return heldBelow;
  }

  /** Returns whether at least the beginning of a gap is missing data. */
  boolean isMissing(long from, long end) {
    return from < Math.min(end, owed ? end : missingBelow);
  }

  /** Treats all missing data as zeroes, on an explicit request. */
  void takeForZeroes() {
    missingBelow = 0;
    owed = false;
    heldBelow = 0;
    guessLeft = false;
  }

  /** Returns whether a client left before everything below what it wrote ahead was written. */
  private boolean isDataMissing() {
    long whole = window.contiguousEnd(core.position());
    return whole < missingBelow || (owed && whole < window.end());
  }

  /**
   * Returns whether a client has left that may have had more to write. No other client's goodbye
   * confirms that then.
   */
  boolean mayHaveLostData() {
    return guessLeft || isDataMissing();
  }
}
