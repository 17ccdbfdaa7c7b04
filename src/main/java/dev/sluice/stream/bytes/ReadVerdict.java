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
 * Decides whether a read stream is complete, by a client's goodbye or on request. Only a goodbye
 * confirms that what was sent has arrived, or a closed connection if the settings accept that.
 * Guarded by the request lock.
 */
final class ReadVerdict {

  private final StreamCore core;
  private final InputEnd inputEnd;
  private final Receipts receipts;
  private final RequestLock.Step complete;

  /**
   * Creates it for a stream without clients.
   *
   * @param complete what to do once clients have everything
   */
  ReadVerdict(StreamCore core, InputEnd inputEnd, Receipts receipts, RequestLock.Step complete) {
    this.core = core;
    this.inputEnd = inputEnd;
    this.receipts = receipts;
    this.complete = complete;
  }

  /** Returns whether a client that leaves has received what it was sent. */
  boolean isGoodbye(Client client, Goodbye.Kind kind) throws IOException {
    ConnectionEnd end = client.connection().end();
    return kind == Goodbye.Kind.DISCONNECTED
        ? !end.isBroken()
        : kind == Goodbye.Kind.CLOSED
            && core.settings().assurances().acceptClose()
            && end.hasLeftWithEverything();
  }

  /**
   * Completes the stream after a client's goodbye, if nothing is missing. Waits for the end of the
   * input.
   */
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
      // The connection was reset, so there was a reply that the client did not take.
      receipts.doubt(client.history().sent());
    } else {
      completeAtEnd();
    }
  }

  /**
   * Completes the stream on request. Waits for the end of the input.
   *
   * @throws RefusedRequestException if clients lack bytes that are wanted, or the input continues
   */
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

  /** Returns whether clients have received everything, as far as the end is known. */
  private boolean haveAll() {
    return receipts.haveAll(core.settings().size().orElse(core.position()));
  }

  /** Returns whether only bytes are missing that no client asked for, and that are not wanted. */
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

  /** Returns what the stream lacks to be complete, as the rest of a sentence; empty if nothing. */
  String lacking() {
    if (core.lifecycle().state().ended() || !core.lifecycle().hasOneClient()) {
      return ""; // a client that is still attached may yet say goodbye
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
