package dev.sluice.stream.bytes;

import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.ClientHistory;
import dev.sluice.stream.core.StreamCore;

/** Decides which reads of a read stream are refused, and why. Guarded by the request lock. */
final class ReadChecks {

  private final StreamCore core;
  private final Kept kept;

  ReadChecks(StreamCore core, Kept kept) {
    this.core = core;
    this.kept = kept;
  }

  void requireNotEnded() throws RefusedRequestException {
    if (core.lifecycle().state().ended()) {
      throw new RefusedRequestException("every byte has been read, and none is kept any more");
    }
  }

  void requireReach(long offset) throws RefusedRequestException {
    StreamSettings settings = core.settings();
    long reach = Math.max(settings.reorderWindow(), settings.headWindow());
    if (offset - core.position() > reach) {
      throw new RefusedRequestException(
          "a read at %d is too far ahead of the position, %d: at most %d bytes can be kept"
              .formatted(offset, core.position(), reach));
    }
  }

  void requireKept(ClientHistory client, long offset, long to) throws RefusedRequestException {
    if (offset < to && kept.end(offset) < to) {
      throw tooLate(client, offset, to);
    }
  }

  /**
   * Throws if a client that can no longer get all bytes would use up new ones, which another client
   * may need.
   */
  void requireInTime(ClientHistory client, long to) throws RefusedRequestException {
    if (client.isLate() && to > core.position()) {
      throw new RefusedRequestException(
          ("this client asked for bytes that are not kept any more, so it cannot have them all;"
                  + " a new connection can go on at the position, %d")
              .formatted(core.position()));
    }
  }

  /** Returns the refusal of a read below the position whose bytes are not kept. */
  RefusedRequestException tooLate(ClientHistory client, long offset, long to) {
    String mistake =
        "a read at %d is below the position, %d, and those bytes are not kept any more; %s"
            .formatted(offset, core.position(), whatIsKept());
    boolean hasIt = client.sent().covers(offset, Math.min(to, core.position()));
    if (!hasIt && !client.isLate()) {
      client.markLate();
      core.lifecycle().noteMistake("a client was refused: " + mistake);
    }
    return new RefusedRequestException(mistake);
  }

  private String whatIsKept() {
    int headWindow = core.settings().headWindow();
    String head = headWindow == 0 ? "" : ", except the first %d bytes".formatted(headWindow);
    return "nothing below %d is kept%s".formatted(kept.start(core.position()), head);
  }
}
