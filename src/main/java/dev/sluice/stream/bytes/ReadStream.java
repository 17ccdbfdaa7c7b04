package dev.sluice.stream.bytes;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.ReadReply;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.io.Intake;
import dev.sluice.stream.window.ExtentList;
import dev.sluice.stream.window.Ranges;
import java.io.IOException;
import java.time.Duration;

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
  private final ReadChecks checks;
  private final ReadVerdict verdict;
  private final PassedInput passed;
  private final Receipts receipts = new Receipts();
  private final StreamCore core;

  /**
   * What has to be kept for later: it was passed over, or whoever it was sent to was lost. One
   * range of many errs on the loud side.
   */
  private final Ranges unread = new Ranges();

  /** A stream out of an endpoint, which it owns from now on. */
  public ReadStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(Direction.READ, endpoint, settings, context);
    this.core = core();
    this.kept = new Kept(settings, memory().account());
    this.intake = new Intake(endpoint, core, kept.recent(), memory().account());
    this.inputEnd = new InputEnd(core, intake, memory());
    this.checks = new ReadChecks(core, kept);
    this.passed = new PassedInput(core, memory(), kept, intake, inputEnd, checks, unread);
    this.verdict = new ReadVerdict(core, inputEnd, receipts, this::complete);
  }

  @Override
  void doRead(Client client, long offset, long length, ReadReply reply) throws IOException {
    long to = Math.max(offset, Math.min(offset + length, settings().end()));
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
    boolean sized = settings().size().isPresent();
    boolean inParts = reply.inParts() && sized;
    if (offset < to) {
      checks.requireNotEnded();
      checks.requireReach(offset);
      if (to > settings().headWindow()) {
        passed.openRecent(client);
      }
      checks.requireKept(client.history(), offset, Math.min(to, position()));
      checks.requireInTime(client.history(), to);
    } else if (offset < end && !inParts) {
      reply.announce(offset, end - offset);
    }
    try {
      for (long at = offset; at < to; ) {
        long from = at;
        long partEnd = inParts ? Math.min(to, (at / PART + 1) * PART) : to;
        Announcement announcement =
            inParts
                ? reached -> reply.announce(from, reached - from)
                : from == offset ? _ -> reply.announce(offset, end - offset) : _ -> {};
        at = serve(client, from, partEnd, announcement);
      }
    } catch (RefusedRequestException e) {
      receipts.retract(
          client.history().sent(), offset, to); // a read that fails is of no use in part
      throw e;
    }
    // Not before the last part: another part may be what is dropped.
    kept.dropPassed(unread.isEmpty() ? position() : unread.first());
    if (inParts && to < end) {
      reply.zeroes(to, end - to);
    } else {
      sendZeroes(client.connection(), end - to); // the last sector's padding
    }
  }

  /** Announces a range that begins where it has to and reaches so far at least. */
  private interface Announcement {
    void send(long reached) throws IOException;
  }

  /**
   * Serves a range from its start on: all of it without a size, otherwise as far as there is room
   * for what comes from the peer. Nothing is announced before that is there, and the input cannot
   * end there without breaking the stream.
   *
   * @return how far it was served
   */
  private long serve(Client client, long offset, long to, Announcement announcement)
      throws IOException {
    long again;
    long fresh;
    do {
      passed.keepUntil(client, Math.max(Math.min(to, settings().headWindow()), offset));
      again = Math.min(to, kept.end(offset));
      if (again < to && again != position()) {
        throw checks.tooLate(client.history(), offset, to);
      }
      fresh = again < to ? gather(client, to - again) : 0;
    } while (again < to && fresh == 0);
    long reached = again + fresh;
    if (fresh > 0 && reached == settings().end()) {
      inputEnd.refuseExcess(
          client.connection().worker(), Duration.ZERO); // while the client can still be told
    }
    if (fresh > 0) {
      client.history().noteProgress();
    }
    announcement.send(reached);
    receipts.send(client.history().sent(), offset, reached);
    kept.send(client.connection(), offset, again);
    intake.taken().send(client.connection(), fresh);
    unread.remove(offset, reached);
    unread.collapseAbove(Receipts.MOST);
    return reached;
  }

  /** Takes bytes in from the position on: how many, or 0 when others have been served meanwhile. */
  private long gather(Client client, long count) throws IOException {
    core.resume();
    if (settings().size().isPresent()) {
      return inputEnd.gather(client.connection().worker(), count);
    }
    if (inputEnd.gatherAll(client, count)) {
      return count;
    }
    checks.requireNotEnded();
    return 0;
  }

  @Override
  void doMap(long from, long to, ExtentList extents) {
    long taken = Math.max(from, Math.min(to, position()));
    kept.describe(from, taken, extents);
    extents.add(taken, to, Content.AHEAD);
  }

  private static void sendZeroes(ClientConnection client, long count) throws IOException {
    if (count > 0) {
      // Less than a sector with a size, which is less than the scratch memory.
      client.send(client.scratch().asSlice(0, count).fill((byte) 0), false);
    }
  }

  @Override
  String doLeave(Client client, Goodbye.Kind kind) throws IOException {
    boolean goodbye = verdict.isGoodbye(client, kind);
    Ranges sent = client.history().sent();
    receipts.leave(sent, goodbye, position());
    if (goodbye) {
      verdict.completeByGoodbye(client);
    } else {
      unread.addAll(sent.between(kept.passedFrom(position()), position()));
    }
    return verdict.lacking();
  }

  @Override
  void doFinish(Worker worker, Assurances vouched) throws IOException {
    verdict.finish(worker, vouched);
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

  /**
   * What the ring has is in the head, too, as long as the stream has not begun. A client that waits
   * without the lock may have opened it.
   */
  @Override
  void giveUpWindows() {
    if (core.lifecycle().isAbandoned()) {
      kept.recent().close();
    }
  }

  @Override
  void release() {
    intake.close();
    kept.close();
  }
}
