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
 * The encrypted socket of a client. Bytes that the handshake has read already come first. The
 * session's thread encrypts and decrypts. It owns the descriptor and the engine.
 *
 * <p>An end of input without a TLS close_notify is an error, because anybody on the network could
 * have cut the connection.
 */
public final class TlsTransport implements Transport {

  /** The largest content of a TLS record, in bytes. RECORD is its largest encrypted size. */
  private static final int CONTENT = 16_384;

  private static final int RECORD = CONTENT + 2048;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The only version with key updates, for which the engine sends something besides data. */
  private static final String RENEWS_KEYS = "TLSv1.3";

  /** The most records without content in a row. Key updates are rare. */
  private static final int MAX_EMPTY = 32;

  private static final int BUFFER = 8 * RECORD;

  private final Descriptor socket;
  private final SSLEngine engine;
  private final NativeBuffer memory;

  /** Encrypted input from the socket, between position and limit. */
  private final ByteBuffer input;

  /** Decrypted input that the caller had no room for, between position and limit. */
  private final ByteBuffer decrypted;

  /** Encrypted output for the socket. */
  private final SendBuffer output;

  private int empty;
  private boolean ended;

  /**
   * Takes over a non-blocking socket, and an engine that has finished its handshake. The engine has
   * to take one record at a time, and keep nothing of it.
   *
   * @param decryptedAlready decrypted bytes that come first
   * @param readAlready encrypted bytes that come before the socket's next byte
   * @throws ErrnoException if there is no memory; the caller still owns both
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

  /** Decrypts one record; returns false if no whole record is there. */
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

  /** Fails after too many records without content, which would keep the session busy. */
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
   * Reads from the socket; returns whether there was anything.
   *
   * @param readBefore whether this read has data already; the next one then reports an end of input
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

  /** Does what TLS needs besides data, such as the answer to a key update. */
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
            return; // nothing can be sent after the end
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
    // During a renegotiation, wrap would consume nothing, again and again.
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

  /** Sends a close_notify if there is room for it, without blocking. */
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
      // The client is gone already, or the engine has failed before.
    } finally {
      ReferenceCountUtil.release(engine);
      memory.close();
      socket.close();
    }
  }
}
