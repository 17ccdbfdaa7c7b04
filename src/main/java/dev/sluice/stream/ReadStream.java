package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A stream that clients read. What is read at the position goes straight from the peer to the
 * client. The head is kept, so that clients may begin by probing; what a client passes over is kept
 * as long as the window allows, since some read a little out of order.
 */
public final class ReadStream extends ByteStream {

  /** How much is kept at a time of what a client passes over. */
  static final long KEPT_PART = 256 * 1024;

  /** The longest part of a reply in parts: what a private pipe holds. */
  private static final long PART = 1 << 20;

  private static final int MAX_RANGES = 65_536;

  private final Intake intake;
  private final Window head;
  private final Window passed;

  /** What no client has for certain: it was passed over, or whoever it was sent to was lost. */
  private final Ranges unread = new Ranges();

  /** The client that got the last bytes: its goodbye tells whether they arrived. */
  private @Nullable Client last;

  /** A stream out of an endpoint, which it owns from now on. */
  public ReadStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(settings, context);
    this.intake = new Intake(endpoint, this, settings.timeouts().peer());
    WindowMemory.Account memory = context.memory().open(settings.mostMemory());
    this.head = new Window(memory, settings.timeouts().idle());
    this.passed = new Window(memory, settings.timeouts().idle());
  }

  @Override
  public Direction direction() {
    return Direction.READ;
  }

  @Override
  void doRead(Client client, long offset, long length, ReadReply reply) throws IOException {
    long end = offset + length;
    long to = Math.max(offset, Math.min(end, settings.end()));
    // Without a size the input may end within the reply, and then nothing of it may be used up.
    boolean inParts = reply.inParts() && settings.size().isPresent();
    if (offset < to) {
      requireNotEnded();
      requireReach(offset);
      requireKept(offset, Math.min(to, position()));
    } else if (offset < end && !inParts) {
      reply.announce(offset, length);
    }
    for (long at = offset; at < to; ) {
      long partEnd = inParts ? Math.min(to, (at / PART + 1) * PART) : to;
      long from = at;
      serve(client, from, partEnd, () -> reply.announce(from, (inParts ? partEnd : end) - from));
      at = partEnd;
    }
    if (inParts && to < end) {
      reply.zeroes(to, end - to);
    } else {
      sendZeroes(client, end - to); // the last sector's padding
    }
  }

  private interface Announcement {
    void send() throws IOException;
  }

  private void serve(Client client, long offset, long to, Announcement announcement)
      throws IOException {
    keepUntil(client, Math.max(Math.min(to, settings.headWindow()), offset));
    long kept = Math.min(to, keptEnd(offset));
    if (kept < to && kept != position()) {
      throw belowWhatIsKept(offset);
    }
    if (kept < to) {
      resume();
      requireInput(client, to - kept);
    }
    announcement.send();
    client.markSent(offset, to);
    last = client;
    sendKept(client, offset, kept);
    intake.send(client, to - kept);
    unread.remove(offset, to);
    boundUnread();
    passed.dropBelow(unread.isEmpty() ? position() : unread.first());
  }

  @Override
  void doMap(long from, long to, ExtentList extents) {
    long taken = Math.max(from, Math.min(to, position()));
    long headEnd = Math.max(from, Math.min(taken, settings.headWindow()));
    describeKept(head, from, headEnd, extents);
    describeKept(passed, headEnd, taken, extents);
    extents.add(taken, to, Content.AHEAD);
  }

  private static void describeKept(Window window, long from, long to, ExtentList extents) {
    ExtentList kept = new ExtentList(extents.most());
    window.describe(from, to, kept);
    long at = from;
    for (StreamExtent extent : kept.asList()) {
      boolean isKept = extent.content() != Content.AHEAD;
      extents.add(at, at + extent.length(), isKept ? Content.KEPT : Content.GONE);
      at += extent.length();
    }
  }

  /** Reads of a byte here and there make many ranges; one of them all errs on the loud side. */
  private void boundUnread() {
    if (unread.size() > MAX_RANGES) {
      unread.collapse();
    }
  }

  private void requireNotEnded() throws RefusedRequestException {
    if (status().state().ended()) {
      throw new RefusedRequestException("every byte has been read, and none is kept any more");
    }
  }

  private void requireReach(long offset) throws RefusedRequestException {
    long reach = Math.max(settings.reorderWindow(), settings.headWindow());
    if (offset - position() > reach) {
      throw new RefusedRequestException(
          "a read at %d is too far ahead of the position, %d: at most %d bytes can be kept"
              .formatted(offset, position(), reach));
    }
  }

  private void requireKept(long offset, long to) throws RefusedRequestException {
    if (offset < to && keptEnd(offset) < to) {
      throw belowWhatIsKept(offset);
    }
  }

  private RefusedRequestException belowWhatIsKept(long offset) {
    return new RefusedRequestException(
        "a read at %d is below the position, %d, and those bytes are not kept any more"
            .formatted(offset, position()));
  }

  /** Makes sure that so many bytes are there to be sent. */
  private void requireInput(Client client, long count) throws IOException {
    intake.take(client, count);
    long short_ = count - intake.available();
    if (short_ <= 0) {
      return;
    }
    long end = position() + intake.available();
    if (settings.size().isPresent()) {
      throw new BrokenStreamException(
          "the input ended after %d of %d bytes".formatted(end, settings.end()));
    }
    throw new RefusedRequestException(
        "the input ended at %d; expected reads to stay below".formatted(end));
  }

  /** Takes everything up to an offset into memory: it is in the head, or is passed over. */
  private void keepUntil(Client client, long offset) throws IOException {
    while (position() < offset) {
      long from = position();
      boolean inHead = from < settings.headWindow();
      long end = Math.min(offset, inHead ? settings.headWindow() : from + KEPT_PART);
      long to = from + progress().allow(client, end - from);
      requireInput(client, to - from);
      (inHead ? head : passed).store(client, from, to, intake::copy);
      unread.add(from, to);
      boundUnread();
      // A part of which only the end has not been read is there as a whole.
      while (passed.buffered() > settings.reorderWindow() + KEPT_PART) {
        passed.dropBelow(passed.first().end());
      }
    }
  }

  private long keptEnd(long offset) {
    return passed.contiguousEnd(head.contiguousEnd(offset));
  }

  private void sendKept(Client client, long offset, long end) throws IOException {
    MemorySegment scratch = client.scratch();
    for (long at = offset; at < end; ) {
      boolean inHead = at < settings.headWindow();
      long partEnd = inHead ? Math.min(end, settings.headWindow()) : end;
      MemorySegment part = scratch.asSlice(0, Math.min(partEnd - at, scratch.byteSize()));
      (inHead ? head : passed).copy(at, part);
      client.send(part, false);
      at += part.byteSize();
    }
  }

  private static void sendZeroes(Client client, long count) throws IOException {
    if (count > 0) {
      // Less than a sector with a size, which is less than the scratch memory.
      client.send(client.scratch().asSlice(0, count).fill((byte) 0), false);
    }
  }

  @Override
  void doLeave(Client client, Goodbye.Kind kind) throws IOException {
    boolean certain = kind == Goodbye.Kind.DISCONNECTED || client.hasLeftWithEverything();
    if (client.isBroken() || !certain) {
      unread.add(client.sentFrom(), client.sentTo());
    }
    if (client != last || kind == Goodbye.Kind.LOST || !unread.isEmpty()) {
      return;
    }
    if (settings.size().isEmpty()) {
      completeAtEndOfInput(client, kind);
    } else if (position() == settings.end()) {
      complete();
    }
  }

  /** The input has to be at its end, which this waits for, and all of it with clients. */
  @Override
  void doFinish(Client nobody, Assurances vouched) throws IOException {
    boolean whole = position() == settings.end();
    if (!whole && settings.size().isEmpty()) {
      resume();
      intake.take(nobody, 1);
      whole = intake.isAtEnd() && intake.available() == 0;
    }
    if (!whole || !unread.isEmpty()) {
      throw new RefusedRequestException(
          "not every byte of the input was read; the position is " + position());
    }
    complete();
  }

  private void completeAtEndOfInput(Client client, Goodbye.Kind kind) throws IOException {
    if (kind == Goodbye.Kind.DISCONNECTED && position() > settings.headWindow()) {
      client.waiter().watchConnection(false);
      intake.take(client, 1); // waits for the end, or for a byte that the client did not want
    }
    if (intake.isAtEnd() && intake.available() == 0) {
      complete();
    }
  }

  @Override
  int watchedEndpoint() {
    return -1; // a peer that has gone may have left everything in the pipe
  }

  @Override
  void checkPeer(Client client) {}

  @Override
  void doWrite(Client client, long offset, long length) throws IOException {
    throw readOnly();
  }

  @Override
  void doWriteZeroes(Client client, long offset, long length) throws IOException {
    throw readOnly();
  }

  @Override
  void doTrim(Client client, long offset, long length) throws IOException {
    throw readOnly();
  }

  @Override
  void doFlush(Client client) {}

  private static RefusedRequestException readOnly() {
    return new RefusedRequestException("this export can only be read");
  }

  @Override
  long unstartedUntil() {
    return settings.headWindow();
  }

  @Override
  void release() {
    intake.close();
    head.close();
    passed.close();
  }
}
