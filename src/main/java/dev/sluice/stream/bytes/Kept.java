package dev.sluice.stream.bytes;

import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.window.ExtentList;
import dev.sluice.stream.window.Recent;
import dev.sluice.stream.window.Window;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The bytes of a read stream that can be read again, or later: its head, what clients skipped, and
 * the last bytes that were passed on. Guarded by the request lock. Owns the windows.
 */
final class Kept implements AutoCloseable {

  private final long headEnd;
  private final long mostPassed;
  private final Window head;
  private final Window passed;
  private final Recent recent;

  /** Creates it without any bytes. */
  Kept(StreamSettings settings, WindowMemory.Account account) {
    this.headEnd = settings.headWindow();
    this.mostPassed = settings.reorderWindow() + StreamSettings.KEPT_PART;
    this.head = new Window(account, settings.reservedHead());
    this.passed = new Window(account, 0);
    this.recent = new Recent(account, settings.resumeWindow());
  }

  /** Returns the ring of the last bytes that were passed on. */
  Recent recent() {
    return recent;
  }

  /** Returns the end of the next part to keep of a range. */
  long partEnd(long from, long end) {
    return Math.min(Math.min(end, from + StreamSettings.KEPT_PART), from < headEnd ? headEnd : end);
  }

  /** Returns how much shared memory a part takes, in bytes. */
  long sharedBytesFor(long from, long to) {
    return (from < headEnd ? head : passed).sharedBytesFor(from, to);
  }

  /** Keeps a part. Drops the oldest skipped bytes if there are too many. */
  void store(WindowMemory.Pocket pocket, long from, long to, Window.Filler filler)
      throws IOException {
    (from < headEnd ? head : passed).store(pocket, from, to, filler);
    // A buffer is freed as a whole, so it counts as a whole while any byte of it is unread.
    while (passed.buffered() > mostPassed) {
      passed.dropBelow(passed.first().end());
    }
  }

  /**
   * Returns the end of the contiguous kept range that begins at an offset; the offset itself if it
   * is not kept.
   */
  long end(long offset) {
    return recent.contiguousEnd(passed.contiguousEnd(head.contiguousEnd(offset)));
  }

  /** Returns the start of what is kept outside of the head, at most the position. */
  long start(long position) {
    long start = recent.isOpen() ? recent.start() : position;
    return passed.isEmpty() ? start : Math.min(start, passed.first().offset());
  }

  /** Returns the start of the skipped bytes that are kept; the position if there are none. */
  long passedFrom(long position) {
    return passed.isEmpty() ? position : passed.first().offset();
  }

  /** Drops skipped bytes below an offset, because nobody needs them any more. */
  void dropPassed(long below) {
    passed.dropBelow(below);
  }

  /** Sends a range, all of which has to be kept. */
  void send(ClientConnection client, long offset, long end) throws IOException {
    MemorySegment scratch = client.scratch();
    for (long at = offset; at < end; ) {
      boolean inHead = at < headEnd;
      boolean inRecent = !inHead && recent.contiguousEnd(at) > at;
      long partEnd = inHead ? headEnd : inRecent ? end : passed.contiguousEnd(at);
      MemorySegment part =
          scratch.asSlice(0, Math.min(Math.min(partEnd, end) - at, scratch.byteSize()));
      if (inRecent) {
        recent.read(at, part);
      } else {
        (inHead ? head : passed).copy(at, part);
      }
      client.send(part, false);
      at += part.byteSize();
    }
  }

  /** Appends the extents of a range below the position to a list. */
  void describe(long from, long to, ExtentList extents) {
    long headTo = Math.clamp(headEnd, from, to);
    long passedTo = recent.isOpen() ? Math.clamp(recent.start(), headTo, to) : to;
    describe(head, from, headTo, extents);
    describe(passed, headTo, passedTo, extents);
    extents.add(passedTo, to, Content.KEPT);
  }

  private static void describe(Window window, long from, long to, ExtentList extents) {
    for (long at = from; at < to && !extents.isFull(); ) {
      ExtentList kept = new ExtentList(extents.most());
      window.describe(at, to, kept);
      for (StreamExtent extent : kept.asList()) {
        boolean isKept = extent.content() != Content.AHEAD;
        extents.add(at, at + extent.length(), isKept ? Content.KEPT : Content.GONE);
        at += extent.length();
      }
    }
  }

  @Override
  public void close() {
    head.close();
    passed.close();
    recent.close();
  }
}
