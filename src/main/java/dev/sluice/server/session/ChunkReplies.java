package dev.sluice.server.session;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.transmission.Chunk;
import dev.sluice.nbd.transmission.ChunkEncoder;
import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.CommandFlags;
import dev.sluice.nbd.transmission.Extent;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Refusal;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.nbd.transmission.SimpleReply;
import dev.sluice.stream.client.ClientConnection;
import java.io.IOException;
import java.util.List;

/**
 * Sends replies in chunks. A read's data can come in parts, an error can come after some of the
 * data, and errors have messages (specification: "Structured reply chunk message", "Extended reply
 * chunk message").
 */
final class ChunkReplies extends ReplyWriter {

  /** The progress of a reply. */
  private enum State {
    NOTHING_SENT,
    PARTLY_SENT,
    /** The last chunk was sent or announced. Nothing can follow. */
    ENDED
  }

  private State state = State.NOTHING_SENT;

  /** The offset at which the next part of a read's data begins. */
  private long reached;

  ChunkReplies(ClientConnection client) {
    super(client, Protocol.MAX_CHUNK_LENGTH);
  }

  @Override
  void reset() {
    state = State.NOTHING_SENT;
    reached = request().offset();
  }

  @Override
  public boolean inParts() {
    return !request().has(CommandFlags.DF);
  }

  @Override
  public void announce(long offset, long length) throws IOException {
    reached = offset + length;
    send(new Chunk.Data(offset, length), length, reachesEnd());
  }

  @Override
  public void zeroes(long offset, long length) throws IOException {
    reached = offset + length;
    send(new Chunk.Hole(offset, length), 0, reachesEnd());
  }

  private boolean reachesEnd() {
    return reached == request().offset() + request().length();
  }

  @Override
  void status(MetaContext context, List<Extent> extents, boolean last) throws IOException {
    send(new Chunk.Status(context, extents), 0, last);
  }

  @Override
  void finish() throws IOException {
    if (state == State.NOTHING_SENT && maySucceedSimply()) {
      state = State.ENDED;
      send(into -> SimpleReply.encode(into, NbdError.SUCCESS, request().cookie()), 0, false);
    } else if (state != State.ENDED) {
      send(new Chunk.End(), 0, true);
    }
  }

  /** Returns whether a simple reply, which is shorter, is permitted for this success. */
  private boolean maySucceedSimply() {
    return !request().extended() && request().type() != Command.READ.code();
  }

  @Override
  void fail(Refusal refusal) throws IOException {
    if (state == State.ENDED || (state == State.PARTLY_SENT && !isInStep())) {
      throw unfinished(refusal);
    }
    Chunk failure =
        state == State.NOTHING_SENT
            ? new Chunk.Failure(refusal.error(), refusal.reason())
            : new Chunk.FailureAt(refusal.error(), refusal.reason(), reached);
    send(failure, 0, true);
  }

  private void send(Chunk chunk, long data, boolean last) throws IOException {
    state = last ? State.ENDED : State.PARTLY_SENT;
    Request request = request();
    Encoding encoding =
        request.extended()
            ? into -> ChunkEncoder.extended(into, request.cookie(), request.offset(), last, chunk)
            : into -> ChunkEncoder.structured(into, request.cookie(), last, chunk);
    send(encoding, data, data > 0 || !last);
  }
}
