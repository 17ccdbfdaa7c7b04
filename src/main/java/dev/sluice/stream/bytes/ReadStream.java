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
 * A stream that clients read. Bytes at the position go straight from the peer to the client. The
 * head is kept, because clients begin by probing. What a client skips is kept as far as the window
 * allows, because some clients read slightly out of order.
 */
public final class ReadStream extends ByteStream {

  /** The longest part of a reply in parts, in bytes: the capacity of a private pipe. */
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
   * Ranges that have to be kept for later, because they were skipped, or were sent to a client that
   * was lost. Merging many ranges into one errs on the safe side.
   */
  private final Ranges unread = new Ranges();

  /** Creates a stream from an endpoint, and takes over the endpoint. */
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
    // Without a size, the input may end within the reply. Nothing of it may be used up then.
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
      receipts.retract(client.history().sent(), offset, to); // a read that fails in part is useless
      throw e;
    }
    // Not before the last part, because this may drop another part of the same read.
    kept.dropPassed(unread.isEmpty() ? position() : unread.first());
    if (inParts && to < end) {
      reply.zeroes(to, end - to);
    } else {
      sendZeroes(client.connection(), end - to); // the padding of the last sector
    }
  }

  /**
   * Announces a range of the reply. Its start is fixed, and it reaches at least up to {@code
   * reached}.
   */
  private interface Announcement {
    void send(long reached) throws IOException;
  }

  /**
   * Serves a range from its start. Without a size it serves all of it, otherwise as much as there
   * is room for what comes from the peer. Announces only bytes that are available, or that the
   * input cannot lack without failing the stream.
   *
   * @return the end of what was served
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
          client.connection().worker(), Duration.ZERO); // while the client can still get an error
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

  /** Takes input from the position on. Returns the count, or 0 if others were served meanwhile. */
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
      // With a size, this is less than a sector, and so fits into the scratch memory.
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
   * Frees the ring only if no client is attached: one that waits without the lock may have opened
   * it. While the stream has not begun, the head has all bytes of the ring, too.
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
