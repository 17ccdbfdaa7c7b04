package dev.sluice.stream.bytes;

import dev.sluice.stream.client.WriteHistory;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.Ranges;
import dev.sluice.stream.window.Window;

/**
 * What the gaps before what clients have written mean: zeroes that nobody asked for, or missing
 * data. Guarded by the stream's lock.
 */
final class Gaps {

  /** The most ranges that are told apart; of more, one is made of all. */
  private static final int MOST = 65_536;

  private final StreamCore core;
  private final Window window;

  /**
   * Where gaps were filled with zeroes that the client had not asked for: data that comes for such
   * a place later is lost data.
   */
  private final Ranges guesses = new Ranges();

  /**
   * A gap below this is missing data, since a client has left: nothing but an explicit request
   * turns it into zeroes.
   */
  private long missingBelow;

  /** Whether somebody left who may have had more to write, so that no gap is known to be zeroes. */
  private boolean owed;

  /**
   * Up to here the window may have what a client wrote ahead that was lost. Whoever goes on at the
   * position writes it again, so the position must not run ahead of them.
   */
  private long heldBelow;

  /** Whether somebody left who may have had other bytes for a gap that was filled. */
  private boolean guessLeft;

  Gaps(StreamCore core, Window window) {
    this.core = core;
    this.window = window;
  }

  /** A gap was filled with zeroes that nobody had asked for. */
  void noteGuess(long from, long end) {
    guesses.add(from, end);
    guesses.collapseAbove(MOST); // which errs on the loud side
  }

  /** Whether any gap was filled like that. */
  boolean hasGuessed() {
    return !guesses.isEmpty();
  }

  /** Whether that was done within a range. */
  boolean hasGuessed(long offset, long end) {
    return guesses.overlaps(offset, end);
  }

  /**
   * A client has left, and not at the stream's end: gaps below what was written are missing data.
   *
   * @param held whether another client may go on at the position in its place
   * @param more whether it may have had more to write, so that these are missing as well: the rest
   *     of a request that was cut off, the first byte that is not there, and the first one after
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

  /** Gaps below what is kept now are missing data. */
  void noteMissing() {
    missingBelow = Math.max(missingBelow, window.end());
  }

  /** The window holds less than it did. */
  void holdLess() {
    heldBelow = Math.min(heldBelow, window.end());
  }

  /** Up to here nothing of the window is to be delivered yet. */
  long heldBelow() {
    return heldBelow;
  }

  /** Whether a gap is missing data, at least its beginning. */
  boolean isMissing(long from, long end) {
    return from < Math.min(end, owed ? end : missingBelow);
  }

  /** Somebody said that what is missing shall be zeroes. */
  void takeForZeroes() {
    missingBelow = 0;
    owed = false;
    heldBelow = 0;
    guessLeft = false;
  }

  /** Whether a client left before it had written everything below what it wrote ahead. */
  private boolean isDataMissing() {
    long whole = window.contiguousEnd(core.position());
    return whole < missingBelow || (owed && whole < window.end());
  }

  /** Whether somebody left who may have had more to write: nobody else's goodbye vouches for it. */
  boolean mayHaveLostData() {
    return guessLeft || isDataMissing();
  }
}
