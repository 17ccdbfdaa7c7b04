package dev.sluice.stream.bytes;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.ConnectionEnd;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.request.RequestLock;
import java.io.IOException;

/**
 * Whether a read stream is complete: by a client's goodbye, or on somebody's word. Only a goodbye
 * says that what was sent has arrived, or a close where that is to be believed. Guarded by the
 * stream's lock.
 */
final class ReadVerdict {

  private final StreamCore core;
  private final InputEnd inputEnd;
  private final Receipts receipts;
  private final RequestLock.Step complete;

  /**
   * Nothing is known yet.
   *
   * @param complete what is done once clients have everything
   */
  ReadVerdict(StreamCore core, InputEnd inputEnd, Receipts receipts, RequestLock.Step complete) {
    this.core = core;
    this.inputEnd = inputEnd;
    this.receipts = receipts;
    this.complete = complete;
  }

  /** Whether a client that leaves has what it was sent. */
  boolean isGoodbye(Client client, Goodbye.Kind kind) throws IOException {
    ConnectionEnd end = client.connection().end();
    return kind == Goodbye.Kind.DISCONNECTED
        ? !end.isBroken()
        : kind == Goodbye.Kind.CLOSED
            && core.settings().assurances().acceptClose()
            && end.hasLeftWithEverything();
  }

  /** A client has said goodbye, after which the stream is complete if it lacks nothing. */
  void completeByGoodbye(Client client) throws IOException {
    boolean begun = core.position() > core.settings().headWindow();
    boolean drop = begun && core.lifecycle().hasOneClient() && lacksOnlyUnwanted();
    if (core.position() == 0 || !(drop || haveAll())) {
      return;
    }
    client.waiter().watchConnection(false);
    if (begun || core.settings().size().isPresent()) {
      inputEnd.await(client.connection().worker(), drop);
    }
    if (client.connection().end().hasBroken()) {
      // It was reset: there was a reply that nobody took.
      receipts.doubt(client.history().sent());
    } else {
      completeAtEnd();
    }
  }

  /** The input has to be at its end, which this waits for, and all of it with clients. */
  void finish(Worker worker, Assurances vouched) throws IOException {
    boolean drop = vouched.acceptUnread() || lacksOnlyUnwanted();
    if (!drop && !haveAll()) {
      throw new RefusedRequestException("not every byte was read" + lacking());
    }
    core.resume();
    inputEnd.await(worker, drop);
    if (!completeAtEnd()) {
      throw new RefusedRequestException("the input goes on, and the rest was not read" + lacking());
    }
  }

  /** Whether clients have all that there is, as far as that is known. */
  private boolean haveAll() {
    return receipts.haveAll(core.settings().size().orElse(core.position()));
  }

  /** Whether nothing is missing except bytes that nobody has asked for, and need not. */
  private boolean lacksOnlyUnwanted() {
    return core.settings().assurances().acceptUnread() && receipts.haveAllWanted();
  }

  private boolean completeAtEnd() throws IOException {
    boolean whole = inputEnd.isReached();
    if (whole) {
      complete.run();
    }
    return whole;
  }

  /** What the stream lacks to be complete, in words that go on with a sentence. */
  String lacking() {
    if (core.lifecycle().state().ended() || !core.lifecycle().hasOneClient()) {
      return ""; // who is still attached may yet say goodbye
    }
    StreamSettings settings = core.settings();
    boolean known = settings.size().isPresent();
    String lacking =
        receipts.missing(
            known ? settings.end() : core.position(), known ? " of " + settings.end() : "");
    return lacking.isEmpty()
        ? ""
        : lacking + "; to finish it with {\"unread\": \"accept\"} accepts that";
  }
}
