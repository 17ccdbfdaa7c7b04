package dev.sluice.stream.bytes;

import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.io.Outlet;
import dev.sluice.stream.window.ExtentList;
import dev.sluice.stream.window.Window;
import dev.sluice.stream.window.WindowRange;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Delivers what a write stream's window holds, in order. Guarded by the request lock. */
final class Sequencer {

  /** The most ranges in the window, because small ones need memory as well. */
  private static final int MAX_RANGES = 65_536;

  private final StreamCore core;
  private final Window window;
  private final Outlet outlet;
  private final long limit;

  private final LostRanges lost = new LostRanges();
  private final Gaps gaps;

  /** Whether the peer was given data, not only zeroes. */
  private boolean passedData;

  /**
   * Creates the sequencer of a stream.
   *
   * @param limit the memory in bytes that the window may use, apart from the head
   */
  Sequencer(StreamCore core, Window window, Outlet outlet, long limit) {
    this.core = core;
    this.window = window;
    this.outlet = outlet;
    this.limit = limit;
    this.gaps = new Gaps(core, window);
  }

  /** Returns whether data, not only zeroes, was delivered or is kept. */
  boolean hasData() {
    return passedData || window.hasWrittenData(0, Long.MAX_VALUE);
  }

  /** Notes that a request was cut off that would have replaced bytes of a range. */
  void tear(long from, long end) {
    lost.tear(from, end);
  }

  /** Notes that a range is there as a client wrote it. */
  void mend(long from, long end) {
    lost.mend(from, end);
  }

  /**
   * Drops what is kept in shared memory, because no client continued in time. It was acknowledged,
   * so it has to be written again, like bytes that may be a mixture.
   */
  void giveUp() {
    gaps.noteMissing();
    lost.giveUp(window);
    gaps.holdLess();
  }

  /** Returns what the gaps between written ranges mean. */
  Gaps gaps() {
    return gaps;
  }

  /** Returns the ranges that are not there as a client wrote them. */
  LostRanges lost() {
    return lost;
  }

  /**
   * Appends the extents of a range to a list. What has to be written again counts as not written.
   */
  void describe(long from, long to, ExtentList into) {
    for (long at = from; at < to && !into.isFull(); ) {
      long next = Math.min(to, lost.firstFrom(at));
      window.describe(at, next, into);
      at = Math.min(to, lost.endFrom(next));
      into.add(next, at, Content.AHEAD);
    }
  }

  /**
   * Delivers from the window until a range fits in. If that fills the gap before the range with
   * zeroes, it stops there, because the range can then be delivered directly.
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
   * Returns whether the window has to deliver something before a range fits in. Without any window
   * there is never room, so that a gap becomes zeroes at once.
   */
  boolean isFull(long offset, long end) {
    return window.buffered() - heldHead() + window.bytesFor(offset, end) > limit
        || window.size() >= MAX_RANGES
        || (limit == 0 && core.settings().headWindow() == 0 && offset > core.position());
  }

  /** Returns the memory of the head, which does not count while it is held back. */
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

  /** Delivers what has no gap before it, up to the first byte that has to be written again. */
  void deliverReady(Waiter waiter) throws IOException {
    while (!window.isEmpty()
        && window.first().offset() == core.position()
        && core.position() >= gaps.heldBelow()
        && core.position() < lost.firstTornFrom(core.position())) {
      deliverFirst(waiter, lost.firstTornFrom(core.position()));
    }
  }

  /** Delivers everything, with zeroes for the gaps. */
  void deliverAll(Waiter waiter) throws IOException {
    while (!window.isEmpty()) {
      fillGap(waiter, window.first().offset());
      deliverFirst(waiter, Long.MAX_VALUE);
    }
  }

  /** Delivers the lowest range, or its part below the limit. */
  private void deliverFirst(Waiter waiter, long limit) throws IOException {
    WindowRange first = window.first();
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
    if (gaps.isMissing(from, end)) {
      throw new RefusedRequestException(
          "there is no room for it as long as bytes from %d on are missing, which a client that left"
                  .formatted(from)
              + " had not written");
    }
    if (from < end) {
      try {
        outlet.zeroes(waiter, end - from);
      } finally {
        gaps.noteGuess(from, core.position());
      }
    }
  }
}
