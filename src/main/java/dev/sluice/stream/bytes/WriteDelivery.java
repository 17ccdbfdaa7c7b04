package dev.sluice.stream.bytes;

import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.request.WindowReserve;
import dev.sluice.stream.window.Window;
import java.io.IOException;

/**
 * Delivers or keeps the bytes of a write: bytes at the position go to the peer, and those ahead of
 * it, or within the head, are kept in the window. Guarded by the request lock.
 */
final class WriteDelivery {

  private final StreamCore core;
  private final WindowReserve memory;
  private final Window window;
  private final Sequencer sequencer;
  private final Evidence evidence;
  private final WriteCompletion completion;

  WriteDelivery(
      StreamCore core,
      WindowReserve memory,
      Window window,
      Sequencer sequencer,
      Evidence evidence,
      WriteCompletion completion) {
    this.core = core;
    this.memory = memory;
    this.window = window;
    this.sequencer = sequencer;
    this.evidence = evidence;
    this.completion = completion;
  }

  /**
   * Takes data. Returns false if it has waited for memory without the lock. It has taken nothing
   * then.
   */
  boolean putData(Client client, long offset, long end) throws IOException {
    boolean inHead = evidence.isWithinHead(end);
    if (!inHead && offset > core.position()) {
      makeRoom(client, offset, end);
    }
    boolean direct = !inHead && offset == core.position();
    boolean isNew = direct || window.bytesFor(offset, end) > 0;
    long needed = direct ? 0 : window.sharedBytesFor(offset, end);
    if (!memory.fill(client, needed, () -> !isToBeKept(offset, end))) {
      return false;
    }
    if (direct) {
      sequencer.deliverPayload(client.connection(), end);
    } else {
      store(client, offset, end, window.bytesFor(offset, end) < end - offset);
    }
    noteProgress(client, isNew);
    deliverWhatIsReady(client);
    return true;
  }

  private void noteProgress(Client client, boolean isNew) {
    if (isNew) {
      client.history().noteProgress();
      core.progress().noteNewBytes();
    }
  }

  private void store(Client client, long offset, long end, boolean overwrites) throws IOException {
    boolean stored = false;
    try {
      window.store(client.pocket(), offset, end, client.connection()::readPayload);
      stored = true;
    } finally {
      if (stored) {
        sequencer.mend(offset, end);
      } else if (overwrites) {
        sequencer.tear(offset, end);
      }
    }
  }

  private void makeRoom(Client client, long offset, long end) throws IOException {
    try {
      sequencer.makeRoom(client.waiter(), offset, end);
    } catch (RefusedRequestException e) {
      client.writes().refuseWrite();
      throw e;
    }
  }

  private boolean isToBeKept(long offset, long end) {
    return evidence.isWithinHead(end)
        || (offset > core.position() && !sequencer.isFull(offset, end));
  }

  /** Takes zeroes. Always returns true. */
  boolean putZeroes(Client client, long offset, long end) throws IOException {
    if (offset == core.position() && !evidence.isWithinHead(end)) {
      sequencer.deliverZeroes(client.waiter(), end);
    } else {
      makeRoom(client, offset, offset);
      long from = Math.max(offset, core.position());
      boolean isNew = window.contiguousEnd(from) < end;
      window.storeZeroes(from, end);
      sequencer.mend(offset, end);
      noteProgress(client, isNew);
    }
    deliverWhatIsReady(client);
    return true;
  }

  private void deliverWhatIsReady(Client client) throws IOException {
    if (evidence.isWithinHead(window.contiguousEnd(0))) {
      return;
    }
    sequencer.deliverReady(client.waiter());
    if (evidence.isWholeBySize(client.writes())) {
      completion.finish(client.waiter());
    }
  }
}
