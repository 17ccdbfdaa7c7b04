package dev.sluice.stream;

import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what a write stream's window holds, in order, and knows what its gaps mean. Guarded by
 * the stream's lock.
 */
final class Sequencer {

  /** Ranges that the window may hold, so that many small ones are bounded too. */
  private static final int MAX_RANGES = 65_536;

  private final StreamCore core;
  private final Window window;
  private final Outlet outlet;
  private final long limit;

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

  /** What requests were to replace that were cut off: old bytes, new ones, or some of both. */
  private final Ranges torn = new Ranges();

  /** What clients had written and nobody went on with in time, and is not there any more. */
  private final Ranges givenUp = new Ranges();

  /** Whether data, and not only zeroes, went to the peer. */
  private boolean passedData;

  /** Whether somebody left who may have had other bytes for a gap that was filled. */
  private boolean guessLeft;

  /**
   * A sequencer.
   *
   * @param limit the memory in bytes that the window may use beyond the head
   */
  Sequencer(StreamCore core, Window window, Outlet outlet, long limit) {
    this.core = core;
    this.window = window;
    this.outlet = outlet;
    this.limit = limit;
  }

  /** Whether data, and not only zeroes, is with the peer or kept. */
  boolean hasData() {
    return passedData || window.hasWrittenData(0, Long.MAX_VALUE);
  }

  /** Whether any gap was filled with zeroes that nobody had asked for. */
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
    missingBelow = Math.max(missingBelow, window.end());
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

  /** A request that would have replaced bytes of a range was cut off. */
  void tear(long from, long end) {
    torn.add(from, end);
    torn.collapseAbove(MAX_RANGES); // which errs on the loud side
  }

  /** A range is there as a client wrote it. */
  void mend(long from, long end) {
    torn.remove(from, end);
    givenUp.remove(from, end);
  }

  /**
   * Drops what is kept in shared memory, since nobody goes on with it. It was acknowledged, so that
   * it has to be written again, as what may be a mixture.
   */
  void giveUp() {
    missingBelow = Math.max(missingBelow, window.end());
    window.dropShared(givenUp);
    givenUp.collapseAbove(MAX_RANGES); // which errs on the loud side
    heldBelow = Math.min(heldBelow, window.end());
  }

  boolean hasGivenUp() {
    return !givenUp.isEmpty();
  }

  /** Where the first bytes from an offset on are that are not there as a client wrote them. */
  long firstLost(long offset) {
    return Math.min(torn.firstFrom(offset), givenUp.firstFrom(offset));
  }

  /** Tells what is kept of a range. What has to be written again is as if it never was. */
  void describe(long from, long to, ExtentList into) {
    for (long at = from; at < to && !into.isFull(); ) {
      long lost = Math.min(to, firstLost(at));
      window.describe(at, lost, into);
      at = Math.min(to, Math.max(torn.endFrom(lost), givenUp.endFrom(lost)));
      into.add(lost, at, Content.AHEAD);
    }
  }

  /** Bytes that are not there as a client wrote them, in words; null if there are none. */
  @Nullable String torn() {
    if (hasGivenUp()) {
      return "bytes %d to %d%s, which were written and then given up since no client went on with them"
          .formatted(
              givenUp.first(), givenUp.firstEnd() - 1, givenUp.size() > 1 ? " and others" : "");
    }
    return torn.isEmpty()
        ? null
        : "bytes %d to %d, which a client was cut off from writing again"
            .formatted(torn.first(), torn.firstEnd() - 1);
  }

  /** Somebody said that what is missing shall be zeroes. */
  void takeGapsForZeroes() {
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

  /**
   * Makes the window small enough for a range to be added; where that takes zeroes for a gap, it
   * stops at the range, which can then be delivered at once.
   */
  void makeRoom(Waiter waiter, long offset, long end) throws IOException {
    while (isFull(offset, end)) {
      if (window.isEmpty() || window.first().offset() >= offset) {
        fillGap(waiter, offset);
        return;
      }
      fillGap(waiter, window.first().offset());
      deliverFirst(waiter, offset);
      if (core.position() == offset) {
        return;
      }
    }
  }

  /**
   * Whether the window has to give something up before a range can be added. Without any window
   * there is never room, so that a gap becomes zeroes at once.
   */
  boolean isFull(long offset, long end) {
    return window.buffered() - heldHead() + window.bytesFor(offset, end) > limit
        || window.size() >= MAX_RANGES
        || (limit == 0 && core.settings().headWindow() == 0 && offset > core.position());
  }

  /** The head does not count as long as it is held back. */
  private long heldHead() {
    long head = core.settings().headWindow();
    return core.position() > 0 ? 0 : head - window.bytesFor(0, head);
  }

  /** Delivers payload from the position on. */
  void deliverPayload(ClientConnection client, long end) throws IOException {
    long from = core.position();
    try {
      outlet.payload(client, end - from);
    } finally {
      passedData |= core.position() > from;
      window.dropBelow(core.position());
      mend(from, core.position());
    }
  }

  /** Delivers zeroes from the position on. */
  void deliverZeroes(Waiter waiter, long end) throws IOException {
    long from = core.position();
    try {
      outlet.zeroes(waiter, end - from);
    } finally {
      window.dropBelow(core.position());
      mend(from, core.position());
    }
  }

  /** Delivers what has no gap before it, as far as it need not be written again. */
  void deliverReady(Waiter waiter) throws IOException {
    while (!window.isEmpty()
        && window.first().offset() == core.position()
        && core.position() >= heldBelow
        && core.position() < torn.firstFrom(core.position())) {
      deliverFirst(waiter, torn.firstFrom(core.position()));
    }
  }

  /** Delivers everything, with zeroes for the gaps. */
  void deliverAll(Waiter waiter) throws IOException {
    while (!window.isEmpty()) {
      fillGap(waiter, window.first().offset());
      deliverFirst(waiter, Long.MAX_VALUE);
    }
  }

  /** Delivers the lowest range, or the part of it that is below the limit. */
  private void deliverFirst(Waiter waiter, long limit) throws IOException {
    Window.Extent first = window.first();
    long from = first.offset();
    long count = Math.min(first.end(), limit) - from;
    MemorySegment data = first.data();
    try {
      if (data == null) {
        outlet.zeroes(waiter, count);
      } else {
        outlet.memory(waiter, data.asSlice(0, count));
      }
    } finally {
      passedData |= window.hasWrittenData(from, core.position());
      window.dropBelow(core.position());
    }
  }

  private void fillGap(Waiter waiter, long end) throws IOException {
    long from = core.position();
    if (from < Math.min(end, owed ? end : missingBelow)) {
      throw new RefusedRequestException(
          "there is no room for it as long as bytes from %d on are missing, which a client that left"
                  .formatted(from)
              + " had not written");
    }
    if (from < end) {
      try {
        outlet.zeroes(waiter, end - from);
      } finally {
        guesses.add(from, core.position());
      }
      guesses.collapseAbove(MAX_RANGES); // which errs on the loud side
    }
  }
}
