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

/** Delivers what a write stream's window holds, in order. Guarded by the stream's lock. */
final class Sequencer {

  /** Ranges that the window may hold, so that many small ones are bounded too. */
  private static final int MAX_RANGES = 65_536;

  private final StreamCore core;
  private final Window window;
  private final Outlet outlet;
  private final long limit;

  private final LostRanges lost = new LostRanges();
  private final Gaps gaps;

  /** Whether data, and not only zeroes, went to the peer. */
  private boolean passedData;

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
    this.gaps = new Gaps(core, window);
  }

  /** Whether data, and not only zeroes, is with the peer or kept. */
  boolean hasData() {
    return passedData || window.hasWrittenData(0, Long.MAX_VALUE);
  }

  /** A request that would have replaced bytes of a range was cut off. */
  void tear(long from, long end) {
    lost.tear(from, end);
  }

  /** A range is there as a client wrote it. */
  void mend(long from, long end) {
    lost.mend(from, end);
  }

  /**
   * Drops what is kept in shared memory, since nobody goes on with it. It was acknowledged, so that
   * it has to be written again, as what may be a mixture.
   */
  void giveUp() {
    gaps.noteMissing();
    lost.giveUp(window);
    gaps.holdLess();
  }

  /** What the gaps before what was written mean. */
  Gaps gaps() {
    return gaps;
  }

  /** What was written and is not there as a client wrote it. */
  LostRanges lost() {
    return lost;
  }

  /** Tells what is kept of a range. What has to be written again is as if it never was. */
  void describe(long from, long to, ExtentList into) {
    for (long at = from; at < to && !into.isFull(); ) {
      long next = Math.min(to, lost.firstFrom(at));
      window.describe(at, next, into);
      at = Math.min(to, lost.endFrom(next));
      into.add(next, at, Content.AHEAD);
    }
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

  /** Delivers the lowest range, or the part of it that is below the limit. */
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
