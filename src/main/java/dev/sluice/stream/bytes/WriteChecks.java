package dev.sluice.stream.bytes;

import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/**
 * Decides which writes, and which reads of a write stream, are refused, and why. Guarded by the
 * request lock.
 */
final class WriteChecks {

  private final StreamCore core;
  private final Sequencer sequencer;
  private final Evidence evidence;
  private final Repeats repeats;

  WriteChecks(StreamCore core, Sequencer sequencer, Evidence evidence, Repeats repeats) {
    this.core = core;
    this.sequencer = sequencer;
    this.evidence = evidence;
    this.repeats = repeats;
  }

  /** Throws if a write comes too late, or its client writes another stream. */
  void requireInPlace(Client client, long offset, long length) throws IOException {
    if (core.lifecycle().state().ended()) {
      throw new RefusedRequestException(
          "a write at %d came after the end of the stream, at %d"
              .formatted(offset, core.position()));
    }
    String astray = client.writes().astray();
    if (astray != null) {
      throw new RefusedRequestException("nothing more is taken of this client: " + astray);
    }
    if (repeats.isOutdated(client.connection(), offset, length)) {
      throw new ClientGoneException(
          "the client hung up, and another one has written what it had still sent");
    }
    long end = core.settings().writtenTo(offset, length);
    if (offset < core.position() && sequencer.gaps().hasGuessed(offset, end)) {
      throw new BrokenStreamException(
          "data for offset %d came after the gap there had to be filled with zeroes"
              .formatted(offset));
    }
  }

  /** Throws if the peer has bytes of a range, or they are not there as a client wrote them. */
  void requireReadable(Client client, long offset, long end) throws RefusedRequestException {
    long lost = sequencer.lost().firstFrom(offset);
    if (offset < core.position()) {
      client.writes().refuseRead();
      throw new RefusedRequestException(
          "a read at %d is below the position, %d: those bytes are with the peer"
              .formatted(offset, core.position()));
    }
    if (lost < end) {
      client.writes().refuseRead();
      throw new RefusedRequestException(
          ("a read at %d needs bytes from %d on, which were given up, or which a client was cut off"
                  + " from replacing; write them again first, without reading them")
              .formatted(offset, lost));
    }
  }

  /**
   * Drops the part of a request that the peer has already.
   *
   * @throws RefusedRequestException if that part is not a repetition
   */
  void dropRepeated(Client client, long offset, long length, boolean zeroes) throws IOException {
    long below = Math.min(core.position(), core.settings().writtenTo(offset, length));
    String reason = repeats.drop(client.connection(), offset, length, zeroes, below);
    if (reason == null) {
      return;
    }
    if (client.connection().end().hasHungUp()) {
      throw new ClientGoneException("the client hung up, and was to be refused a write");
    }
    throw refused(client, offset, reason);
  }

  /** Returns the refusal of a write below the position. */
  RefusedRequestException refused(Client client, long offset, String reason) {
    client.writes().refuseWrite();
    String refusal =
        client.writes().contributed()
            ? "a write at %d is below the position, %d".formatted(offset, core.position())
            : "a new client began at %d; the position is %d, and what is below the position is not"
                    .formatted(offset, core.position())
                + " taken";
    refusal = refusal + ": " + reason;
    if (client.writes().contributed()) {
      evidence.dispute(refusal);
    } else {
      client.writes().goAstray(refusal);
      core.lifecycle().noteMistake(refusal);
    }
    return new RefusedRequestException(refusal);
  }
}
