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
 * Replies to one client's requests, one after the other. Between {@link #begin} and {@link #finish}
 * or {@link #fail}, a stream announces through it what it sends in reply to a read.
 */
abstract sealed class ReplyWriter implements ReadReply permits SimpleReplies, ChunkReplies {

  private final ClientConnection client;
  private final ByteBuffer buffer;
  private Request request;

  /** How much the client will have been sent when everything announced is with it. */
  private long announced;

  /**
   * A writer for a client.
   *
   * @param longest length of the longest reply, or part of one, without a read's data
   */
  ReplyWriter(ClientConnection client, int longest) {
    this.client = client;
    this.buffer = ByteBuffer.allocateDirect(longest);
    this.request = new Request(0, 0, 0, 0, 0);
  }

  static ReplyWriter of(Dialect dialect, ClientConnection client) {
    return dialect.hasChunks() ? new ChunkReplies(client) : new SimpleReplies(client);
  }

  /** From here on, everything is a reply to this request. */
  final void begin(Request next) {
    request = next;
    reset();
  }

  /** The request succeeded; nothing more follows. */
  abstract void finish() throws IOException;

  /**
   * The request failed; nothing more follows.
   *
   * @throws ProtocolException when the reply has gone too far to say so
   */
  abstract void fail(Refusal refusal) throws IOException;

  /** Says what one context knows of the requested range, the last one in a reply marked as such. */
  abstract void status(MetaContext context, List<Extent> extents, boolean last) throws IOException;

  /** Forgets the last request's reply. */
  abstract void reset();

  final Request request() {
    return request;
  }

  /** Whether everything that was announced has been sent. */
  final boolean isInStep() {
    return client.sent() == announced;
  }

  interface Encoding {
    void putInto(ByteBuffer buffer);
  }

  /**
   * Sends what is encoded.
   *
   * @param data how many bytes of a read's data follow it
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
