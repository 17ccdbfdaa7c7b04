package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A stream that clients write. Payload at the position goes straight to the peer; what comes ahead
 * of it is kept in the window until the bytes between have come. The head is kept longer: as long
 * as nothing reaches beyond it, it can be rewritten, since clients begin by probing.
 */
public final class WriteStream extends ByteStream {

  private final Endpoint endpoint;
  private final Outlet outlet;
  private final Window window;
  private final Sequencer sequencer;

  private final Evidence evidence;
  private final @Nullable Retained retained;
  private final Repeats repeats;
  private final WriteChecks checks;

  /** A stream into an endpoint, which it owns from now on. */
  public WriteStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(endpoint, settings, context);
    this.endpoint = endpoint;
    this.outlet = new Outlet(endpoint, this, settings.timeouts().peer());
    this.window = new Window(memory().account(), settings.reservedHead());
    this.sequencer = new Sequencer(this, window, outlet, settings.reorderWindow());
    this.evidence = new Evidence(this, window, sequencer);
    this.retained =
        settings.resumeWindow() == 0
            ? null
            : new Retained(memory().account(), settings.resumeWindow());
    this.repeats = new Repeats(retained);
    this.checks = new WriteChecks(this, sequencer, evidence, repeats);
    if (retained != null) {
      progress().keepIn(retained);
    }
  }

  @Override
  public Direction direction() {
    return Direction.WRITE;
  }

  @Override
  void doWrite(Client client, long offset, long length) throws IOException {
    serve(
        client,
        offset,
        length,
        false,
        from -> putData(client, from, settings.writtenTo(offset, length)));
  }

  @Override
  void doWriteZeroes(Client client, long offset, long length) throws IOException {
    serve(
        client,
        offset,
        length,
        true,
        from -> putZeroes(client, from, settings.writtenTo(offset, length)));
  }

  /** What to do with the part of a request that is not below the position; false: look again. */
  private interface Rest {
    boolean put(long from) throws IOException;
  }

  private void serve(Client client, long offset, long length, boolean zeroes, Rest rest)
      throws IOException {
    long end = settings.writtenTo(offset, length);
    if (offset >= end) {
      return; // the last sector's padding
    }
    do {
      checks.requireInPlace(client, offset, length); // others may have been served meanwhile
    } while (retained != null && !retained.open(client, memory()));
    if (offset < position()) {
      checks.dropRepeated(client, offset, length, zeroes);
    }
    long from = Math.clamp(position(), offset, end);
    resume();
    evidence.write(client);
    Repeats.Served served = repeats.begin(client, offset, length, zeroes);
    boolean contributes = true;
    try {
      while (from < end && !rest.put(from)) {
        checks.requireInPlace(client, offset, length); // others have been served meanwhile
        if (from < position()) {
          throw checks.refused(client, from, "another client has written there meanwhile");
        }
      }
      served.reach(end);
      client.writes().reach(end);
    } catch (RefusedRequestException e) {
      contributes = false;
      throw e;
    } finally {
      served.reach(Math.min(position(), end));
      if (contributes) {
        client.writes().contribute(from, end);
      }
    }
  }

  /** Takes data; false when it waited for memory without the lock, and has taken nothing. */
  private boolean putData(Client client, long offset, long end) throws IOException {
    boolean inHead = evidence.isWithinHead(end);
    if (!inHead && offset > position()) {
      sequencer.makeRoom(client, offset, end);
    }
    boolean direct = !inHead && offset == position();
    long needed = direct ? 0 : window.sharedBytesFor(offset, end);
    if (!memory().fill(client, needed, () -> !isToBeKept(offset, end))) {
      return false;
    }
    if (direct) {
      sequencer.deliverPayload(client, end);
    } else {
      store(client, offset, end, window.bytesFor(offset, end) < end - offset);
    }
    deliverWhatIsReady(client);
    return true;
  }

  private void store(Client client, long offset, long end, boolean overwrites) throws IOException {
    boolean stored = false;
    try {
      window.store(client.pocket(), offset, end, client::readPayload);
      stored = true;
    } finally {
      if (stored) {
        sequencer.mend(offset, end);
      } else if (overwrites) {
        sequencer.tear(offset, end);
      }
    }
  }

  private boolean isToBeKept(long offset, long end) {
    return evidence.isWithinHead(end) || (offset > position() && !sequencer.isFull(offset, end));
  }

  private boolean putZeroes(Client client, long offset, long end) throws IOException {
    if (offset == position() && !evidence.isWithinHead(end)) {
      sequencer.deliverZeroes(client, end);
    } else {
      sequencer.makeRoom(client, offset, offset);
      window.storeZeroes(Math.max(offset, position()), end);
      sequencer.mend(offset, end);
    }
    deliverWhatIsReady(client);
    return true;
  }

  /** Advice: what is trimmed need not be zeroes, and is often written next. */
  @Override
  void doTrim(Client client, long offset, long length) {}

  /** What has no gap before it has gone already, and data for a gap may still come. */
  @Override
  void doFlush(Client client) {
    client.writes().flush();
  }

  /** Gives what is kept, and zeroes for the rest: nothing was written there yet. */
  @Override
  void doRead(Client client, long offset, long length, ReadReply reply) throws IOException {
    checks.requireReadable(client, offset, offset + length);
    KeptData.send(window, client, offset, offset + length, reply);
  }

  @Override
  void doMap(long from, long to, ExtentList extents) {
    long ahead = Math.max(from, Math.min(to, position()));
    extents.add(from, ahead, Content.GONE);
    sequencer.describe(ahead, to, extents);
  }

  @Override
  String doLeave(Client client, Goodbye.Kind kind) throws IOException {
    endWriting(client, kind);
    return "";
  }

  private void endWriting(Client client, Goodbye.Kind kind) throws IOException {
    WriteHistory writes = client.writes();
    boolean idle = !writes.wrote() && writes.pendingEnd() == 0;
    repeats.leave(client, kind);
    boolean whole =
        writes.wrote()
            ? evidence.isWholeByLeave(client, kind)
            : idle && evidence.isWholeWithout(kind);
    if (whole) {
      deliverRest(client);
      finish(client);
    }
    if (whole || idle) {
      return;
    }
    evidence.leftBehind(client, kind);
    boolean proper = kind == Goodbye.Kind.DISCONNECTED && !client.writes().isRefused();
    if (proper && evidence.leavesGapsOpen(client)) {
      throw new RefusedRequestException("the client flushed and left a gap, which is");
    }
  }

  @Override
  void doFinish(Client nobody, Assurances vouched) throws IOException {
    String torn = sequencer.torn();
    if (torn != null) {
      throw new RefusedRequestException(
          (sequencer.hasGivenUp() ? "not all is there: " : "what is there may be a mixture: ")
              + torn);
    }
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

  private void deliverWhatIsReady(Client client) throws IOException {
    if (evidence.isWithinHead(window.contiguousEnd(0))) {
      return;
    }
    sequencer.deliverReady(client);
    if (evidence.isWholeBySize(client)) {
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
  void noteRefusedWrite() {
    evidence.dispute("a client that has bytes in the stream was refused a write");
  }

  @Override
  @Nullable String missing() {
    return evidence.missing();
  }

  @Override
  void giveUpWindows() {
    sequencer.giveUp();
    evidence.look();
    if (sequencer.hasGivenUp()) {
      lifecycle()
          .note("what a client had written was given up, since none went on with it in time");
    }
    if (retained != null) {
      retained.close();
    }
  }

  @Override
  void release() {
    outlet.close();
    window.close();
    if (retained != null) {
      retained.close();
    }
  }
}
