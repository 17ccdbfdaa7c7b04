package dev.sluice.server.session;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.transmission.Dialect;
import dev.sluice.nbd.transmission.Extent;
import dev.sluice.nbd.transmission.Refusal;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.stream.ReadReply;
import dev.sluice.stream.client.ClientConnection;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Sends the replies to one client's requests, one after the other. Between {@link #begin} and
 * {@link #finish} or {@link #fail}, a stream announces through it what it sends in reply to a read.
 */
abstract sealed class ReplyWriter implements ReadReply permits SimpleReplies, ChunkReplies {

  private final ClientConnection client;
  private final ByteBuffer buffer;
  private Request request;

  /** The client connection's count of sent bytes when everything announced has been sent. */
  private long announced;

  /**
   * Creates a writer for a client.
   *
   * @param longest bytes of the longest reply or chunk, without a read's data
   */
  ReplyWriter(ClientConnection client, int longest) {
    this.client = client;
    this.buffer = ByteBuffer.allocateDirect(longest);
    this.request = new Request(0, 0, 0, 0, 0);
  }

  static ReplyWriter of(Dialect dialect, ClientConnection client) {
    return dialect.hasChunks() ? new ChunkReplies(client) : new SimpleReplies(client);
  }

  /** Starts the reply to a request. */
  final void begin(Request next) {
    request = next;
    reset();
  }

  /** Ends the reply with success. */
  abstract void finish() throws IOException;

  /**
   * Ends the reply with an error.
   *
   * @throws ProtocolException if so much of the reply has been sent that it cannot report an error
   */
  abstract void fail(Refusal refusal) throws IOException;

  /**
   * Sends the status of the requested range in one context.
   *
   * @param last whether it is the last of the reply
   */
  abstract void status(MetaContext context, List<Extent> extents, boolean last) throws IOException;

  /** Resets the state for the next reply. */
  abstract void reset();

  final Request request() {
    return request;
  }

  /** Returns whether everything that was announced has been sent. */
  final boolean isInStep() {
    return client.sent() == announced;
  }

  interface Encoding {
    void putInto(ByteBuffer buffer);
  }

  /**
   * Sends a header or a chunk.
   *
   * @param data bytes of a read's data that follow it
   * @param more whether anything follows it at once
   */
  final void send(Encoding encoding, long data, boolean more) throws IOException {
    encoding.putInto(buffer.clear());
    announced = client.sent() + buffer.position() + data;
    client.send(MemorySegment.ofBuffer(buffer.flip()), more);
  }

  static ProtocolException unfinished(Refusal refusal) {
    return new ProtocolException(
        "a reply could not be finished: %s, %s".formatted(refusal.error(), refusal.reason()));
  }
}
