package dev.sluice.server.relay;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PrivatePipe;
import dev.sluice.posix.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The bytes of one direction, from one socket to another, and their end. For one thread only; the
 * sockets are the caller's.
 */
final class OneWay implements AutoCloseable {

  /** How much is moved before the other direction has its turn. */
  private static final int TURNS = 16;

  private static final int CHUNK = 1 << 20;

  private final int from;
  private final int to;
  private final PrivatePipe pipe = new PrivatePipe();

  /** What comes before the first byte of {@link #from}. */
  private final ByteBuffer readAlready;

  /** How much is in the pipe. */
  private long held;

  private boolean atEnd;
  private boolean refused;
  private boolean done;

  OneWay(int from, byte[] readAlready, int to) throws ErrnoException {
    this.from = from;
    this.to = to;
    this.readAlready = ByteBuffer.allocateDirect(readAlready.length).put(readAlready).flip();
  }

  /**
   * Moves what can be moved now, and passes the end on once every byte before it has gone.
   *
   * @throws ErrnoException when nothing more comes, and not because there was an end
   */
  void move() throws ErrnoException {
    boolean goesOn = true;
    for (int turn = 0; turn < TURNS && goesOn && !done && !refused; turn++) {
      goesOn = pass() && fill() && pass();
    }
  }

  private boolean pass() {
    try {
      return sendFirst() && drain();
    } catch (ErrnoException e) {
      refused = true;
      return false;
    }
  }

  private boolean sendFirst() throws ErrnoException {
    while (readAlready.hasRemaining()) {
      long sent = Posix.send(to, MemorySegment.ofBuffer(readAlready), false);
      if (sent == Posix.WOULD_BLOCK) {
        return false;
      }
      readAlready.position(readAlready.position() + (int) sent);
    }
    return true;
  }

  private boolean fill() throws ErrnoException {
    if (held > 0 || atEnd) {
      return true;
    }
    long moved = Posix.splice(from, pipe.writeEnd(), CHUNK);
    if (moved == Posix.WOULD_BLOCK) {
      return false;
    }
    atEnd = moved == 0;
    held = moved;
    return true;
  }

  private boolean drain() throws ErrnoException {
    while (held > 0) {
      long moved = Posix.splice(pipe.readEnd(), to, held);
      if (moved == Posix.WOULD_BLOCK) {
        return false;
      }
      held -= moved;
    }
    if (atEnd) {
      Sockets.endOutput(to);
      done = true;
    }
    return true;
  }

  /** Whether it waits for more to come. */
  boolean wantsMore() {
    return !done && !refused && !wantsRoom();
  }

  /** Whether it waits for room to send. */
  boolean wantsRoom() {
    return !done && !refused && (held > 0 || readAlready.hasRemaining());
  }

  /** Whether every byte has gone, and the end after them. */
  boolean isDone() {
    return done;
  }

  /** Whether the far end takes nothing more. */
  boolean isRefused() {
    return refused;
  }

  @Override
  public void close() {
    pipe.close();
  }
}
