package dev.sluice.server.relay;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PrivatePipe;
import dev.sluice.posix.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Moves the bytes of one direction, and the end after them, from one socket to another. Confined to
 * one thread. It does not close the sockets.
 */
final class OneWay implements AutoCloseable {

  /** Chunks to move before the other direction has its turn. */
  private static final int TURNS = 16;

  /** Bytes to move in one step, at most. */
  private static final int CHUNK = 1 << 20;

  private final int from;
  private final int to;
  private final PrivatePipe pipe = new PrivatePipe();

  /** Bytes that were read from {@link #from} before; they are sent first. */
  private final ByteBuffer readAlready;

  /** Bytes in the pipe that have not been sent yet. */
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
   * Moves what can be moved without blocking. Ends the output after the last byte of the input.
   *
   * @throws ErrnoException if reading fails
   */
  void move() throws ErrnoException {
    boolean progress = true;
    for (int turn = 0; turn < TURNS && progress && !done && !refused; turn++) {
      progress = send() && fill() && send();
    }
  }

  private boolean send() {
    try {
      return sendReadAlready() && drain();
    } catch (ErrnoException e) {
      refused = true;
      return false;
    }
  }

  private boolean sendReadAlready() throws ErrnoException {
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

  /** Returns whether this waits for input. */
  boolean wantsMore() {
    return !done && !refused && !wantsRoom();
  }

  /** Returns whether this waits for room to send. */
  boolean wantsRoom() {
    return !done && !refused && (held > 0 || readAlready.hasRemaining());
  }

  /** Returns whether every byte, and the end after them, has been sent. */
  boolean isDone() {
    return done;
  }

  /** Returns whether sending has failed. */
  boolean isRefused() {
    return refused;
  }

  @Override
  public void close() {
    pipe.close();
  }
}
