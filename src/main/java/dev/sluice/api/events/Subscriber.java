package dev.sluice.api.events;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.access.http.RawConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A subscriber to events. At most one event is buffered for it, besides the version that it knows:
 * it gets only the latest version of what it does not take in time. Confined to the thread of
 * {@link ExportEvents}.
 */
final class Subscriber {

  /** The maximum number of bytes that it is sent before others have their turn. */
  private static final int TURN_BYTES = 1 << 18;

  private static final long STALL_NANOS = Duration.ofSeconds(30).toNanos();

  /** The longest subscription. After that the client has to subscribe again, with a valid token. */
  private static final long MAX_NANOS = Duration.ofHours(1).toNanos();

  /** Tells a browser how long to wait before it reconnects. */
  private static final String BEGIN = "retry: 2000\n\n";

  /** Tells the client to forget everything. All exports follow. */
  private static final String RESET = "event: reset\ndata: {}\n\n";

  private static final String HEARTBEAT = ":\n\n";
  private static final byte[] END = "0\r\n\r\n".getBytes(US_ASCII);

  private final RawConnection connection;
  private final Runnable ended;
  private final String boot;
  private final Board.Interest interest;
  private final long heartbeatNanos;
  private final long since = System.nanoTime();

  /** The version of the last event that was begun to be sent. */
  private long known;

  private ByteBuffer out;
  private long movedAt = since;
  private boolean last;

  /**
   * Creates a subscriber whose response has begun.
   *
   * @param ended called after its connection is closed
   * @param boot the prefix of event ids
   * @param known the version up to which it was told
   * @param resets whether its last event id is one that it cannot continue from
   */
  Subscriber(
      RawConnection connection,
      Runnable ended,
      String boot,
      Board.Interest interest,
      long known,
      boolean resets,
      Duration heartbeat) {
    this.connection = connection;
    this.ended = ended;
    this.boot = boot;
    this.interest = interest;
    this.known = known;
    this.heartbeatNanos = heartbeat.toNanos();
    this.out = chunk(BEGIN + (resets ? RESET : ""));
  }

  /**
   * Sends what can be sent without blocking.
   *
   * @return false if the response is complete, or the client has disconnected
   */
  boolean advance(Board board, long now) {
    try {
      if (connection.hasEnded()) {
        connection.close();
        return false;
      }
      for (int sent = 0; sent < TURN_BYTES; ) {
        if (!flush(now)) {
          return awaits(now);
        }
        Board.Told next = last ? null : board.next(interest, known);
        if (next == null) {
          return rest(now);
        }
        if (next.equals(Board.Told.MISSED)) { // it comes again, and hears that it has to begin anew
          end(now);
          return false;
        }
        out = event(next);
        sent += out.remaining();
      }
      return true;
    } catch (IOException e) {
      connection.reset();
      return false;
    }
  }

  private ByteBuffer event(Board.Told next) {
    known = next.version();
    last = interest.id() != null && next.isLast();
    return chunk(
        "id: %s-%d\nevent: %s\ndata: %s\n\n"
            .formatted(boot, next.version(), next.kind().word(), next.json()));
  }

  private static ByteBuffer chunk(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    byte[] head = "%x\r\n".formatted(bytes.length).getBytes(US_ASCII);
    return ByteBuffer.allocate(head.length + bytes.length + 2)
        .put(head)
        .put(bytes)
        .put((byte) '\r')
        .put((byte) '\n')
        .flip();
  }

  private boolean flush(long now) throws IOException {
    while (out.hasRemaining()) {
      if (connection.send(out) == 0) {
        return false;
      }
      movedAt = now;
    }
    return connection.isFlushed();
  }

  /** Fails if the client has taken nothing for too long. */
  private boolean awaits(long now) throws IOException {
    if (now - movedAt > STALL_NANOS) {
      throw new IOException("it takes nothing");
    }
    return true;
  }

  /** Ends the response if it is complete or too old, or sends a heartbeat when one is due. */
  private boolean rest(long now) throws IOException {
    if (last || now - since > MAX_NANOS) {
      end(now);
      return false;
    }
    if (now - movedAt > heartbeatNanos) {
      out = chunk(HEARTBEAT);
      flush(now);
    }
    return true;
  }

  /** Ends the response, in order if everything could be sent, or else with a reset. */
  void end(long now) {
    try {
      boolean whole = flush(now);
      out = ByteBuffer.wrap(END);
      if (whole && flush(now)) {
        connection.close();
        return;
      }
    } catch (IOException e) {
      // disconnected
    }
    connection.reset();
  }

  /** Ends the request. Must be called once, after the connection is closed. */
  void leave() {
    RawConnection.endRequest(ended);
  }
}
