package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream that clients read. What is read at the position goes straight from the peer to the
 * client. The head is kept, so that clients may begin by probing; what a client passes over is kept
 * as long as the window allows, since some read a little out of order.
 */
public final class ReadStream extends ByteStream {

  /** The longest part of a reply in parts: what a private pipe holds. */
  private static final long PART = 1 << 20;

  private final Intake intake;
  private final InputEnd inputEnd;
  private final Kept kept;
  private final Receipts receipts = new Receipts();

  /**
   * What has to be kept for later: it was passed over, or whoever it was sent to was lost. One
   * range of many errs on the loud side.
   */
  private final Ranges unread = new Ranges();

  /** A stream out of an endpoint, which it owns from now on. */
  public ReadStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(endpoint, settings, context);
    this.kept = new Kept(settings, memory().account());
    this.intake = new Intake(endpoint, this, kept.recent());
    this.inputEnd = new InputEnd(this, intake);
  }

  @Override
  public Direction direction() {
    return Direction.READ;
  }

  @Override
  void doRead(Client client, long offset, long length, ReadReply reply) throws IOException {
    long to = Math.max(offset, Math.min(offset + length, settings.end()));
    try {
      read(client, offset, offset + length, to, reply);
    } catch (RefusedRequestException e) {
      receipts.refuse(offset, to);
      throw e;
    }
  }

  private void read(Client client, long offset, long end, long to, ReadReply reply)
      throws IOException {
    // Without a size the input may end within the reply, and then nothing of it may be used up.
    boolean inParts = reply.inParts() && settings.size().isPresent();
    if (offset < to) {
      requireNotEnded();
      requireReach(offset);
      if (to > settings.headWindow()) {
        while (!kept.recent().isOpen()
            && !memory().fill(client, settings.resumeWindow(), kept.recent()::isOpen)) {
          requireNotEnded(); // others have been served meanwhile
        }
        kept.recent().open(client.pocket(), position());
      }
      requireKept(client, offset, Math.min(to, position()));
      requireInTime(client, to);
    } else if (offset < end && !inParts) {
      reply.announce(offset, end - offset);
    }
    try {
      for (long at = offset; at < to; ) {
        long partEnd = inParts ? Math.min(to, (at / PART + 1) * PART) : to;
        long from = at;
        serve(client, from, partEnd, () -> reply.announce(from, (inParts ? partEnd : end) - from));
        at = partEnd;
      }
    } catch (RefusedRequestException e) {
      receipts.retract(client.sentRanges(), offset, to); // a read that fails is of no use in part
      throw e;
    }
    // Not before the last part: another part may be what is dropped.
    kept.dropPassed(unread.isEmpty() ? position() : unread.first());
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
    long again = Math.min(to, kept.end(offset));
    if (again < to && again != position()) {
      throw tooLate(client, offset, to);
    }
    if (again < to) {
      resume();
      inputEnd.requireInput(client, to - again);
      if (to == settings.end()) {
        inputEnd.refuseExcess(client, Duration.ZERO); // while the client can still be told
      }
    }
    announcement.send();
    receipts.send(client.sentRanges(), offset, to);
    kept.send(client, offset, again);
    intake.send(client, to - again);
    unread.remove(offset, to);
    unread.collapseAbove(Receipts.MOST);
  }

  @Override
  void doMap(long from, long to, ExtentList extents) {
    long taken = Math.max(from, Math.min(to, position()));
    kept.describe(from, taken, extents);
    extents.add(taken, to, Content.AHEAD);
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

  private void requireKept(Client client, long offset, long to) throws RefusedRequestException {
    if (offset < to && kept.end(offset) < to) {
      throw tooLate(client, offset, to);
    }
  }

  /** Whoever cannot have all bytes must not use up those that another client may go on with. */
  private void requireInTime(Client client, long to) throws RefusedRequestException {
    if (client.isLate() && to > position()) {
      throw new RefusedRequestException(
          ("this client asked for bytes that are not kept any more, so it cannot have them all;"
                  + " a new connection can go on at the position, %d")
              .formatted(position()));
    }
  }

  private RefusedRequestException tooLate(Client client, long offset, long to) {
    String mistake =
        "a read at %d is below the position, %d, and those bytes are not kept any more; %s"
            .formatted(offset, position(), whatIsKept());
    boolean hasIt = client.sentRanges().covers(offset, Math.min(to, position()));
    if (!hasIt && !client.isLate()) {
      client.markLate();
      lifecycle().noteMistake("a client was refused: " + mistake);
    }
    return new RefusedRequestException(mistake);
  }

  private String whatIsKept() {
    String head =
        settings.headWindow() == 0
            ? ""
            : ", except the first %d bytes".formatted(settings.headWindow());
    return "nothing below %d is kept%s".formatted(kept.start(position()), head);
  }

  /** Takes everything up to an offset into memory: it is in the head, or is passed over. */
  private void keepUntil(Client client, long offset) throws IOException {
    while (position() < offset) {
      long from = position();
      long end = kept.partEnd(from, offset);
      if (!memory().fill(client, end - from, () -> position() >= offset)) {
        requireNotEnded(); // others have been served meanwhile
        continue;
      }
      long to = from + progress().allow(client, end - from);
      inputEnd.requireInput(client, to - from);
      kept.store(client.pocket(), from, to, intake::copy);
      unread.add(from, to);
      unread.collapseAbove(Receipts.MOST);
    }
  }

  private static void sendZeroes(Client client, long count) throws IOException {
    if (count > 0) {
      // Less than a sector with a size, which is less than the scratch memory.
      client.send(client.scratch().asSlice(0, count).fill((byte) 0), false);
    }
  }

  /**
   * Only a goodbye says that what was sent has arrived, or a close where that is to be believed.
   */
  @Override
  String doLeave(Client client, Goodbye.Kind kind) throws IOException {
    boolean goodbye =
        kind == Goodbye.Kind.DISCONNECTED
            ? !client.connection().isBroken()
            : kind == Goodbye.Kind.CLOSED && acceptsClose(client);
    receipts.leave(client.sentRanges(), goodbye, position());
    if (!goodbye) {
      unread.addAll(client.sentRanges().between(kept.passedFrom(position()), position()));
      return lacking();
    }
    boolean begun = position() > settings.headWindow();
    boolean drop = begun && lifecycle().hasOneClient() && lacksOnlyUnwanted();
    if (position() > 0 && (drop || haveAll())) {
      client.waiter().watchConnection(false);
      if (begun || settings.size().isPresent()) {
        inputEnd.await(client, drop);
      }
      if (client.connection().hasBroken()) {
        receipts.doubt(client.sentRanges()); // it was reset: there was a reply that nobody took
      } else if (completeAtEnd()) {
        return "";
      }
    }
    return lacking();
  }

  private boolean acceptsClose(Client client) throws IOException {
    return settings.assurances().acceptClose() && client.connection().hasLeftWithEverything();
  }

  /** The input has to be at its end, which this waits for, and all of it with clients. */
  @Override
  void doFinish(Client nobody, Assurances vouched) throws IOException {
    boolean drop = vouched.acceptUnread() || lacksOnlyUnwanted();
    if (!drop && !haveAll()) {
      throw new RefusedRequestException("not every byte was read" + lacking());
    }
    resume();
    inputEnd.await(nobody, drop);
    if (!completeAtEnd()) {
      throw new RefusedRequestException("the input goes on, and the rest was not read" + lacking());
    }
  }

  /** Whether clients have all that there is, as far as that is known. */
  private boolean haveAll() {
    return receipts.haveAll(settings.size().orElse(position()));
  }

  /** Whether nothing is missing except bytes that nobody has asked for, and need not. */
  private boolean lacksOnlyUnwanted() {
    return settings.assurances().acceptUnread() && receipts.haveAllWanted();
  }

  private boolean completeAtEnd() throws IOException {
    boolean whole = inputEnd.isReached();
    if (whole) {
      complete();
    }
    return whole;
  }

  /** What the stream lacks to be complete, in words that go on with a sentence. */
  private String lacking() {
    if (!lifecycle().hasOneClient()) {
      return ""; // who is still attached may yet say goodbye
    }
    boolean known = settings.size().isPresent();
    String lacking =
        receipts.missing(known ? settings.end() : position(), known ? " of " + settings.end() : "");
    return lacking.isEmpty()
        ? ""
        : lacking + "; to finish it with {\"unread\": \"accept\"} accepts that";
  }

  @Override
  int watchedEndpoint() {
    return -1; // a peer that has gone may have left everything in the pipe
  }

  @Override
  boolean hasPeer() {
    return intake.isOpen();
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
  @Nullable String missing() {
    return null;
  }

  @Override
  void release() {
    intake.close();
    kept.close();
  }
}
