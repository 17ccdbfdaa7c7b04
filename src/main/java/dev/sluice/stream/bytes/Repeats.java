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
 * Which writes below the position are no mistake: those that a client sends again after its
 * connection broke, since it cannot know whether they were served. Guarded by the stream's lock.
 *
 * <p>Such a request is exactly one of the last that were served for a client that is gone, or its
 * bytes are those of the resume window. Only what is compared may begin at 0: a copy of another
 * disk begins there, too, and is told apart from the first one by that alone.
 */
final class Repeats {

  /** Requests that are remembered: more than the clients that come back have in flight. */
  private static final int MOST = 64;

  private final @Nullable Retained retained;
  private final Deque<Served> last = new ArrayDeque<>();

  /** What is remembered, and what is kept to compare with, if anything is. */
  Repeats(@Nullable Retained retained) {
    this.retained = retained;
  }

  /** A write request that was served, or is. */
  static final class Served {
    private final long offset;
    private final long length;
    private final boolean zeroes;

    /** Who sent it; null once that client has left without a goodbye. */
    private @Nullable ClientConnection by;

    /** Up to here its bytes were taken. */
    private long end;

    private Served(ClientConnection by, long offset, long length, boolean zeroes) {
      this.by = by;
      this.offset = offset;
      this.length = length;
      this.zeroes = zeroes;
      this.end = offset;
    }

    /** Takes note of how much of it was taken. */
    void reach(long taken) {
      end = Math.max(end, taken);
    }

    private boolean overlaps(long from, long to) {
      return offset < to && from - offset < length;
    }
  }

  /** A client's request is served from now on: it replaces all that was written there before. */
  Served begin(ClientConnection client, long offset, long length, boolean zeroes) {
    last.removeIf(one -> one.overlaps(offset, offset + length));
    Served served = new Served(client, offset, length, zeroes);
    last.addLast(served);
    if (last.size() > MOST) {
      last.removeFirst();
    }
    return served;
  }

  /**
   * Whether the client hung up, and another one has written within a range since then: what the
   * first one sent before it did is not to be served any more.
   */
  boolean isOutdated(ClientConnection client, long offset, long length) throws IOException {
    boolean others = false;
    for (Served one : last) {
      others |= one.by != null && one.by != client && one.overlaps(offset, offset + length);
    }
    return others && client.end().hasHungUp();
  }

  /** A client has left. Who said goodbye sends nothing again. */
  void leave(ClientConnection client, Goodbye.Kind kind) {
    if (kind == Goodbye.Kind.DISCONNECTED) {
      last.removeIf(one -> one.by == client);
    }
    for (Served one : last) {
      one.by = one.by == client ? null : one.by;
    }
  }

  /**
   * Reads and drops the part of a request that is below the position, if that may be.
   *
   * @param below where that part ends
   * @return null when it was dropped, or why not
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

  /** Compares all that it drops, where there is what to compare it with. */
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
