package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A stream that clients write. Payload at the position goes straight to the peer; what comes ahead
 * of it is kept in the window until the bytes between have come. The head is kept longer: as long
 * as nothing reaches beyond it, it can be rewritten, since clients begin by probing.
 */
public final class WriteStream extends ByteStream {

  /** Parts that the reply to a read has at most; the rest is one more. */
  private static final int MAX_PARTS = 1024;

  private final Endpoint endpoint;
  private final Outlet outlet;
  private final Window window;
  private final Sequencer sequencer;

  /** Attached clients that have written: the last one's goodbye can be the end of the stream. */
  private int writers;

  /** Whether anything but zeroes was ever written. */
  private boolean hasData;

  /** A stream into an endpoint, which it owns from now on. */
  public WriteStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(endpoint, settings, context);
    this.endpoint = endpoint;
    this.outlet = new Outlet(endpoint, this, settings.timeouts().peer());
    this.window =
        new Window(context.memory().open(settings.mostMemory()), settings.timeouts().idle());
    this.sequencer = new Sequencer(this, window, outlet, settings.reorderWindow());
  }

  @Override
  public Direction direction() {
    return Direction.WRITE;
  }

  @Override
  void doWrite(Client client, long offset, long length) throws IOException {
    long end = Math.min(offset + length, settings.end());
    if (offset >= end) {
      return; // the last sector's padding
    }
    requireStillAhead(client, offset, end);
    noteWriter(client, offset, end);
    hasData = true;
    if (isWithinHead(end)) {
      window.store(client, offset, end, client::readPayload);
      deliverWhatIsReady(client);
      return;
    }
    if (offset > position()) {
      sequencer.makeRoom(client, offset, end);
    }
    if (offset == position()) {
      try {
        outlet.payload(client, end - offset);
      } finally {
        window.dropBelow(position());
      }
    } else {
      window.store(client, offset, end, client::readPayload);
    }
    deliverWhatIsReady(client);
  }

  @Override
  void doWriteZeroes(Client client, long offset, long length) throws IOException {
    long end = Math.min(offset + length, settings.end());
    if (offset >= end) {
      return;
    }
    requireStillAhead(client, offset, end);
    noteWriter(client, offset, end);
    putZeroes(client, offset, end);
  }

  @Override
  void doTrim(Client client, long offset, long length) throws IOException {
    long end = Math.min(offset + length, settings.end());
    long from = Math.max(offset, position());
    if (from < end) {
      requireStillAhead(client, from, end);
      noteWriter(client, from, end);
      putZeroes(client, from, end);
    }
  }

  private void putZeroes(Client client, long offset, long end) throws IOException {
    if (offset == position() && !isWithinHead(end)) {
      try {
        outlet.zeroes(client, end - offset);
      } finally {
        window.dropBelow(position());
      }
    } else {
      sequencer.makeRoom(client, offset, offset);
      window.storeZeroes(Math.max(offset, position()), end);
    }
    deliverWhatIsReady(client);
  }

  /**
   * Even at the end this completes nothing: data for a gap that it fills may still come. It fills
   * none for a client that writes out of order.
   */
  @Override
  void doFlush(Client client) throws IOException {
    client.writes().flush();
    boolean inOrder = !client.writes().wentBack() && !sequencer.isDataMissing();
    if (!status().state().ended() && !isWithinHead(window.end()) && inOrder) {
      sequencer.deliverAll(client);
    }
  }

  /** Gives what is kept, and zeroes for the rest: nothing was written there yet. */
  @Override
  void doRead(Client client, long offset, long length, ReadReply reply) throws IOException {
    if (offset < position()) {
      client.markRefused();
      throw new RefusedRequestException(
          "a read at %d is below the position, %d: those bytes are with the peer"
              .formatted(offset, position()));
    }
    long end = offset + length;
    long data = offset;
    if (reply.inParts()) {
      ExtentList extents = new ExtentList(MAX_PARTS);
      window.describe(offset, end, extents);
      long at = offset;
      for (StreamExtent extent : extents.asList()) {
        long next = at + extent.length();
        if (extent.content() != Content.DATA && extent.length() >= StreamSettings.SECTOR) {
          sendKept(client, data, at, reply);
          reply.zeroes(at, extent.length());
          data = next;
        }
        at = next;
      }
    }
    sendKept(client, data, end, reply);
  }

  private void sendKept(Client client, long from, long to, ReadReply reply) throws IOException {
    if (from == to) {
      return;
    }
    reply.announce(from, to - from);
    for (long at = from; at < to; ) {
      MemorySegment part =
          client.scratch().asSlice(0, Math.min(to - at, client.scratch().byteSize()));
      window.copy(at, part);
      at += part.byteSize();
      client.send(part, at < to);
    }
  }

  @Override
  void doMap(long from, long to, ExtentList extents) {
    long ahead = Math.max(from, Math.min(to, position()));
    extents.add(from, ahead, Content.GONE);
    window.describe(ahead, to, extents);
  }

  @Override
  String doLeave(Client client, Goodbye.Kind kind) throws IOException {
    endWriting(client, kind);
    return "";
  }

  private void endWriting(Client client, Goodbye.Kind kind) throws IOException {
    if (!client.writes().wrote()) {
      return;
    }
    writers--;
    boolean proper = kind == Goodbye.Kind.DISCONNECTED && !client.refused();
    boolean open =
        client.writes().leavesGapsOpen() && hasGaps() && !settings.assurances().padTail();
    if (proper && writers == 0 && !open && isWhole()) {
      client.waiter().watchConnection(false);
      deliverRest(client);
      finish(client);
      return;
    }
    if (!isWithinHead(window.end())) {
      sequencer.leaveBehind();
    }
    if (proper && open) {
      throw new RefusedRequestException("the client wrote out of order and left a gap, which is");
    }
  }

  private boolean hasGaps() {
    return sequencer.hasGuessed() || window.contiguousEnd(position()) < window.end();
  }

  @Override
  void doFinish(Client nobody, Assurances vouched) throws IOException {
    long reached = Math.max(position(), window.end());
    long end = settings.size().orElse(reached);
    long whole = window.contiguousEnd(position());
    if (whole < end && !vouched.padTail()) {
      throw new RefusedRequestException(
          ("%d of %d bytes were written without a gap;"
                  + " expected {\"pad\": \"zero\"} if the rest is to be zeroes")
              .formatted(whole, end));
    }
    if (sequencer.hasGuessed() && !vouched.padTail()) {
      throw new RefusedRequestException(
          "a gap was filled with zeroes that nobody wrote;"
              + " expected {\"pad\": \"zero\"} if that is as it should be");
    }
    resume();
    sequencer.takeGapsForZeroes();
    deliverRest(nobody);
    finish(nobody);
  }

  /** Everything that is kept, and zeroes for what is missing. */
  private void deliverRest(Client client) throws IOException {
    sequencer.deliverAll(client);
    long end = settings.size().orElse(position());
    if (position() < end) {
      outlet.zeroes(client, end - position());
    }
  }

  /** Whether an orderly goodbye now is the end of the stream. */
  private boolean isWhole() {
    if (sequencer.mayHaveLostData()) {
      return false;
    }
    long reached = Math.max(position(), window.end());
    if (settings.size().isEmpty()
        || (settings.assurances().padTail() && reached < settings.end())) {
      return reached > settings.headWindow();
    }
    // Zeroes in the only sector are how qemu-img convert begins on a disk that it creates.
    boolean probe = settings.end() <= StreamSettings.SECTOR && position() == 0 && !window.hasData();
    return reached == settings.end() && !probe;
  }

  private void requireStillAhead(Client client, long offset, long end) throws IOException {
    if (status().state().ended()) {
      throw new RefusedRequestException(
          "a write at %d came after the end of the stream, at %d".formatted(offset, position()));
    }
    if (offset >= position()) {
      return;
    }
    if (sequencer.hasGuessed(offset, end)) {
      throw new BrokenStreamException(
          "data for offset %d came after the gap there had to be filled with zeroes"
              .formatted(offset));
    }
    client.markRefused();
    throw new RefusedRequestException(
        "a write at %d is below the position, %d: those bytes are with the peer"
            .formatted(offset, position()));
  }

  private void noteWriter(Client client, long offset, long end) {
    resume();
    if (!client.writes().wrote()) {
      writers++;
    }
    client.writes().write(offset, end);
  }

  /** Whether nothing reaches beyond the head, so that everything can still be rewritten. */
  private boolean isWithinHead(long end) {
    return position() == 0 && end <= settings.headWindow();
  }

  private void deliverWhatIsReady(Client client) throws IOException {
    if (isWithinHead(window.contiguousEnd(0))) {
      return;
    }
    sequencer.deliverReady(client);
    // Zeroes alone may be how a client prepares a disk, so they are the end at its goodbye only.
    if (position() == settings.end() && hasData && !sequencer.hasGuessed()) {
      finish(client);
    }
  }

  private void finish(Client client) throws IOException {
    client.waiter().watchConnection(false);
    try {
      outlet.finish(client);
    } finally {
      client.waiter().watchConnection(true);
    }
    complete();
  }

  @Override
  int watchedEndpoint() {
    return endpoint.descriptor();
  }

  @Override
  void checkPeer(Client client) throws IOException {
    if (endpoint.descriptor() >= 0 && client.waiter().eventsNow(endpoint.descriptor(), 0) != 0) {
      throw BrokenStreamException.peerGone();
    }
  }

  @Override
  long unstartedUntil() {
    return 0;
  }

  @Override
  void release() {
    outlet.close();
    window.close();
  }
}
