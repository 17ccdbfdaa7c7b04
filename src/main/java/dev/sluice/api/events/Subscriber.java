package dev.sluice.api.events;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.access.http.RawConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Somebody who is told of exports. It has one event at most that is not sent yet, and a number: of
 * what it does not take in time, it gets the latest. Confined to the thread that tells all.
 */
final class Subscriber {

  /** The most that it is sent before others have their turn. */
  private static final int TURN_BYTES = 1 << 18;

  private static final long STALL_NANOS = Duration.ofSeconds(30).toNanos();

  /** Then it has to come again, with a token that is valid by then. */
  private static final long LONGEST_NANOS = Duration.ofHours(1).toNanos();

  /** When a browser asks again. */
  private static final String BEGIN = "retry: 2000\n\n";

  /** What was told before counts for nothing; all exports follow. */
  private static final String RESET = "event: reset\ndata: {}\n\n";

  private static final String HEARTBEAT = ":\n\n";
  private static final byte[] END = "0\r\n\r\n".getBytes(US_ASCII);

  private final RawConnection connection;
  private final Runnable ended;
  private final String boot;
  private final Board.Interest interest;
  private final long heartbeatNanos;
  private final long since = System.nanoTime();

  /** Of the events that were begun to be sent, the last one's version. */
  private long known;

  private ByteBuffer out;
  private long movedAt = since;
  private boolean last;

  /**
   * Somebody whose response has begun.
   *
   * @param ended is told when its connection has been closed
   * @param boot what the ids of events begin with
   * @param known the version up to which it was told before
   * @param resets whether it was told something that nobody can go on from
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
   * Sends what can be sent without waiting.
   *
   * @return false when it has been sent everything, or has gone
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

  /** It takes nothing. */
  private boolean awaits(long now) throws IOException {
    if (now - movedAt > STALL_NANOS) {
      throw new IOException("it takes nothing");
    }
    return true;
  }

  /** There is nothing to tell. */
  private boolean rest(long now) throws IOException {
    if (last || now - since > LONGEST_NANOS) {
      end(now);
      return false;
    }
    if (now - movedAt > heartbeatNanos) {
      out = chunk(HEARTBEAT);
      flush(now);
    }
    return true;
  }

  /** Ends the response, properly if everything was taken that was sent. */
  void end(long now) {
    try {
      boolean whole = flush(now);
      out = ByteBuffer.wrap(END);
      if (whole && flush(now)) {
        connection.close();
        return;
      }
    } catch (IOException e) {
      // it has gone
    }
    connection.reset();
  }

  /** Is to be called once, after its connection was closed. */
  void leave() {
    try {
      ended.run();
    } catch (IllegalStateException noticed) {
      // Tomcat has ended the request, since it noticed by itself that the client has gone.
    }
  }
}
