package dev.sluice.server.transport;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.posix.Posix;
import dev.sluice.stream.Transport;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/**
 * A client's encrypted socket. What the handshake has read of it already comes first. The session's
 * own thread encrypts and decrypts. Owns the descriptor and the engine.
 *
 * <p>An end of input that the client did not announce in TLS is an error, since anybody on the way
 * could have cut it off.
 */
public final class TlsTransport implements Transport {

  /** A record's content, in bytes, and what it can grow to. */
  private static final int CONTENT = 16_384;

  private static final int RECORD = CONTENT + 2048;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The version in which something is to be said besides data, other than the end. */
  private static final String RENEWS_KEYS = "TLSv1.3";

  /** Records without content in a row: keys are renewed now and then, not all the time. */
  private static final int MAX_EMPTY = 32;

  private static final int BUFFER = 8 * RECORD;

  private final Descriptor socket;
  private final SSLEngine engine;
  private final NativeBuffer memory;

  /** Encrypted, from the socket; between position and limit. */
  private final ByteBuffer input;

  /** Decrypted, for whoever reads little at a time; between position and limit. */
  private final ByteBuffer decrypted;

  /** Encrypted, for the socket. */
  private final SendBuffer output;

  private int empty;
  private boolean ended;

  /**
   * Takes over a non-blocking socket, and an engine that has finished its handshake, takes a record
   * at a time and keeps nothing of it.
   *
   * @param decryptedAlready what comes first
   * @param readAlready encrypted bytes that come before the socket's next byte
   * @throws ErrnoException when there is no memory; the caller still owns both
   */
  public TlsTransport(int socket, SSLEngine engine, byte[] decryptedAlready, byte[] readAlready)
      throws ErrnoException {
    int inputSize = BUFFER + readAlready.length;
    int decryptedSize = RECORD + decryptedAlready.length;
    this.memory = NativeBuffer.allocate((long) inputSize + decryptedSize + BUFFER);
    this.input = part(0, inputSize).put(readAlready).flip();
    this.decrypted = part(inputSize, decryptedSize).put(decryptedAlready).flip();
    this.socket = new Descriptor(socket);
    this.output = new SendBuffer(part((long) inputSize + decryptedSize, BUFFER));
    this.engine = engine;
    this.ended = engine.isInboundDone();
  }

  private ByteBuffer part(long from, int size) {
    return memory.memory().asSlice(from, size).asByteBuffer();
  }

  @Override
  public long read(MemorySegment into) throws IOException {
    ByteBuffer target = into.asByteBuffer();
    while (target.hasRemaining()) {
      if (decrypted.hasRemaining()) {
        take(target);
      } else if (!unwrap(target) && (ended || !fill(target.position() > 0))) {
        break;
      }
    }
    return target.position() > 0 || ended ? target.position() : Posix.WOULD_BLOCK;
  }

  private void take(ByteBuffer target) {
    int count = Math.min(target.remaining(), decrypted.remaining());
    target.put(decrypted.slice(decrypted.position(), count));
    decrypted.position(decrypted.position() + count);
  }

  /** Decrypts a record, if there is a whole one: whether there was. */
  private boolean unwrap(ByteBuffer target) throws IOException {
    if (ended || !input.hasRemaining()) {
      return false;
    }
    boolean roomy = target.remaining() >= RECORD;
    ByteBuffer to = roomy ? target : decrypted.clear();
    SSLEngineResult result;
    try {
      result = engine.unwrap(input, to);
    } finally {
      if (!roomy) {
        decrypted.flip();
      }
    }
    ended = result.getStatus() == Status.CLOSED;
    requireContent(result);
    attend(result.getHandshakeStatus());
    return result.getStatus() == Status.OK && result.bytesConsumed() > 0;
  }

  /** Whoever sends none would keep the session from everything else. */
  private void requireContent(SSLEngineResult result) throws IOException {
    if (result.bytesProduced() > 0) {
      empty = 0;
    } else if (result.bytesConsumed() > 0) {
      empty++;
    }
    if (empty > MAX_EMPTY) {
      throw new IOException("more than %d TLS records without content".formatted(MAX_EMPTY));
    }
  }

  /**
   * Reads what the socket has: whether it had anything.
   *
   * @param readBefore whether an end is told the next time
   */
  private boolean fill(boolean readBefore) throws IOException {
    input.compact();
    long count;
    try {
      count = Posix.read(socket.number(), MemorySegment.ofBuffer(input));
      if (count > 0) {
        input.position(input.position() + (int) count);
      }
    } finally {
      input.flip();
    }
    if (count == 0 && !readBefore) {
      throw new EOFException("the client's connection ended without a word in TLS");
    }
    return count > 0;
  }

  /** What the protocol wants besides data: a renewed key to be answered, for example. */
  private void attend(HandshakeStatus wanted) throws IOException {
    HandshakeStatus status = wanted;
    while (true) {
      switch (status) {
        case NEED_TASK -> {
          engine.getDelegatedTask().run();
          status = engine.getHandshakeStatus();
        }
        case NEED_WRAP -> {
          if (!output.hasRoomFor(RECORD) && !flush()) {
            throw new IOException("the client does not take what TLS has to say");
          }
          SSLEngineResult result = engine.wrap(NOTHING, output.buffer());
          flush();
          if (ended || result.getStatus() != Status.OK) {
            return; // the end, to which nothing can be added
          }
          if (!RENEWS_KEYS.equals(engine.getSession().getProtocol())) {
            throw new IOException("the client wants to shake hands again (TLS renegotiation)");
          }
          status = result.getHandshakeStatus();
        }
        default -> {
          return;
        }
      }
    }
  }

  @Override
  public long write(MemorySegment from, boolean more) throws IOException {
    long taken = 0;
    while (taken < from.byteSize()) {
      if (!output.hasRoomFor(RECORD) && !flush()) {
        break;
      }
      long count = Math.min(CONTENT, from.byteSize() - taken);
      SSLEngineResult result = wrap(from.asSlice(taken, count).asByteBuffer());
      attend(result.getHandshakeStatus());
      taken += result.bytesConsumed();
    }
    if (!more) {
      flush();
    }
    return taken == 0 ? Posix.WOULD_BLOCK : taken;
  }

  private SSLEngineResult wrap(ByteBuffer from) throws IOException {
    SSLEngineResult result = engine.wrap(from, output.buffer());
    // A handshake in the middle of the session would take nothing, again and again.
    boolean stuck = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
    if (result.getStatus() != Status.OK || stuck) {
      throw new IOException("TLS cannot send any more (%s)".formatted(result));
    }
    return result;
  }

  @Override
  public boolean flush() throws IOException {
    return output.flush(socket.number());
  }

  @Override
  public int unreadSent() throws IOException {
    return Posix.unreadSent(socket.number());
  }

  @Override
  public int pollDescriptor() {
    return socket.number();
  }

  /** Says goodbye in TLS if there is room for it, and does not wait. */
  @Override
  public void close() {
    if (socket.number() < 0) {
      return;
    }
    try {
      engine.closeOutbound();
      if (output.hasRoomFor(RECORD)) {
        engine.wrap(NOTHING, output.buffer());
      }
      flush();
    } catch (IOException | RuntimeException e) {
      // The client has gone already, or the engine has failed before.
    } finally {
      ReferenceCountUtil.release(engine);
      memory.close();
      socket.close();
    }
  }
}
