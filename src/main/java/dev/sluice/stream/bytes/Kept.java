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
 * What can be read again, or later, of a read stream: its head, what clients passed over, and the
 * last bytes that were passed on. The stream's lock guards it. Owns the windows.
 */
final class Kept implements AutoCloseable {

  private final long headEnd;
  private final long mostPassed;
  private final Window head;
  private final Window passed;
  private final Recent recent;

  /** What the clients of one stream may read again; nothing is kept yet. */
  Kept(StreamSettings settings, WindowMemory.Account account) {
    this.headEnd = settings.headWindow();
    this.mostPassed = settings.reorderWindow() + StreamSettings.KEPT_PART;
    this.head = new Window(account, settings.reservedHead());
    this.passed = new Window(account, 0);
    this.recent = new Recent(account, settings.resumeWindow());
  }

  /** Where the last bytes that were passed on are kept. */
  Recent recent() {
    return recent;
  }

  /** Where the part ends that is to be kept next, at most where it has to. */
  long partEnd(long from, long end) {
    return Math.min(Math.min(end, from + StreamSettings.KEPT_PART), from < headEnd ? headEnd : end);
  }

  /** How much memory a part takes that has to be asked for. */
  long sharedBytesFor(long from, long to) {
    return (from < headEnd ? head : passed).sharedBytesFor(from, to);
  }

  /** Keeps a part, and drops the oldest of what was passed over when it becomes too much. */
  void store(WindowMemory.Pocket pocket, long from, long to, Window.Filler filler)
      throws IOException {
    (from < headEnd ? head : passed).store(pocket, from, to, filler);
    // A part of which only the end has not been read is there as a whole.
    while (passed.buffered() > mostPassed) {
      passed.dropBelow(passed.first().end());
    }
  }

  /** How far everything is kept from an offset on. */
  long end(long offset) {
    return recent.contiguousEnd(passed.contiguousEnd(head.contiguousEnd(offset)));
  }

  /** Where what is kept begins, other than the head; at most the position. */
  long start(long position) {
    long start = recent.isOpen() ? recent.start() : position;
    return passed.isEmpty() ? start : Math.min(start, passed.first().offset());
  }

  /** Where what was passed over begins, or the position if none of it is there. */
  long passedFrom(long position) {
    return passed.isEmpty() ? position : passed.first().offset();
  }

  /** Nothing that was passed over below this is needed any more. */
  void dropPassed(long below) {
    passed.dropBelow(below);
  }

  /** Sends a range, all of which is kept. */
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

  /** Tells what of a range below the position is kept. */
  void describe(long from, long to, ExtentList extents) {
    long headTo = Math.clamp(headEnd, from, to);
    long passedTo = recent.isOpen() ? Math.clamp(recent.start(), headTo, to) : to;
    describe(head, from, headTo, extents);
    describe(passed, headTo, passedTo, extents);
    extents.add(passedTo, to, Content.KEPT);
  }

  private static void describe(Window window, long from, long to, ExtentList extents) {
    ExtentList kept = new ExtentList(extents.most());
    window.describe(from, to, kept);
    long at = from;
    for (StreamExtent extent : kept.asList()) {
      boolean isKept = extent.content() != Content.AHEAD;
      extents.add(at, at + extent.length(), isKept ? Content.KEPT : Content.GONE);
      at += extent.length();
    }
  }

  @Override
  public void close() {
    head.close();
    passed.close();
    recent.close();
  }
}
