package dev.sluice.stream.bytes;

import dev.sluice.stream.Goodbye;
import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.window.Retained;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Decides which writes below the position are accepted: those that a client sends again after its
 * connection broke, because it cannot know whether they were served. Guarded by the request lock.
 *
 * <p>Such a request equals one of the last that were served for a client that has gone, or its
 * bytes equal those of the resume window. Only compared bytes may begin at 0: a copy of another
 * disk begins there, too, and nothing else tells it from the first one.
 */
final class Repeats {

  /** Requests to remember. Clients that reconnect have fewer in flight. */
  private static final int MAX_REQUESTS = 64;

  private final @Nullable Retained retained;
  private final Deque<Served> last = new ArrayDeque<>();

  /**
   * Creates it without any request.
   *
   * @param retained what to compare bytes with; null if there is no resume window
   */
  Repeats(@Nullable Retained retained) {
    this.retained = retained;
  }

  /** A write request that was served, or is being served. */
  static final class Served {
    private final long offset;
    private final long length;
    private final boolean zeroes;

    /** Its sender; null once that client has left without a goodbye. */
    private @Nullable ClientConnection by;

    /** The end of its bytes that were taken. */
    private long end;

    private Served(ClientConnection by, long offset, long length, boolean zeroes) {
      this.by = by;
      this.offset = offset;
      this.length = length;
      this.zeroes = zeroes;
      this.end = offset;
    }

    /** Notes how much of the request was taken. */
    void reach(long taken) {
      end = Math.max(end, taken);
    }

    private boolean overlaps(long from, long to) {
      return offset < to && from - offset < length;
    }
  }

  /** Notes that a request is being served. It replaces whatever was written there before. */
  Served begin(ClientConnection client, long offset, long length, boolean zeroes) {
    last.removeIf(one -> one.overlaps(offset, offset + length));
    Served served = new Served(client, offset, length, zeroes);
    last.addLast(served);
    if (last.size() > MAX_REQUESTS) {
      last.removeFirst();
    }
    return served;
  }

  /**
   * Returns whether the client hung up, and another one has written within a range since. What the
   * first one still sent before it hung up must not be served then.
   */
  boolean isOutdated(ClientConnection client, long offset, long length) throws IOException {
    boolean others = false;
    for (Served one : last) {
      others |= one.by != null && one.by != client && one.overlaps(offset, offset + length);
    }
    return others && client.end().hasHungUp();
  }

  /** Notes that a client has left. One that said goodbye sends nothing again. */
  void leave(ClientConnection client, Goodbye.Kind kind) {
    if (kind == Goodbye.Kind.DISCONNECTED) {
      last.removeIf(one -> one.by == client);
    }
    for (Served one : last) {
      one.by = one.by == client ? null : one.by;
    }
  }

  /**
   * Reads and drops the part of a request that is below the position, if it is a repetition.
   *
   * @param below the end of that part
   * @return null if it was dropped; otherwise why it was not
   */
  @Nullable String drop(
      ClientConnection client, long offset, long length, boolean zeroes, long below)
      throws IOException {
    if (retained != null && retained.covers(offset)) {
      return dropEqual(client, offset, zeroes, below, retained);
    }
    if (offset > 0 && wasServed(client, offset, length, zeroes, below)) {
      dropEqual(client, offset, zeroes, below, null);
      return null;
    }
    return "those bytes are with the peer";
  }

  private boolean wasServed(
      ClientConnection client, long offset, long length, boolean zeroes, long below)
      throws IOException {
    for (Served one : last) {
      if (one.offset == offset
          && one.length == length
          && one.zeroes == zeroes
          && one.end >= below
          && isGone(one.by, client)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGone(@Nullable ClientConnection one, ClientConnection asking)
      throws IOException {
    return one == null || (one != asking && one.end().hasHungUp(asking.waiter()));
  }

  /**
   * Drops bytes, and compares them if {@code with} is not null. Returns null, or why they differ.
   */
  private static @Nullable String dropEqual(
      ClientConnection client, long offset, boolean zeroes, long below, @Nullable Retained with)
      throws IOException {
    if (zeroes && with == null) {
      return null;
    }
    MemorySegment scratch = client.scratch();
    for (long at = offset; at < below; ) {
      MemorySegment part = scratch.asSlice(0, Math.min(scratch.byteSize(), below - at));
      if (zeroes) {
        part.fill((byte) 0);
      } else {
        client.readPayload(part);
      }
      if (with != null && !with.matches(at, part)) {
        return "its bytes are not those that the peer was given";
      }
      at += part.byteSize();
    }
    return null;
  }
}
