package dev.sluice.server.transport;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** The client's end of an encrypted connection, which decides what goes into each TLS record. */
final class RecordClient implements AutoCloseable {

  private static final int ROOM = 1 << 16;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final SocketChannel socket;
  private final ByteBuffer sending = ByteBuffer.allocate(ROOM);
  private final ByteBuffer received = ByteBuffer.allocate(ROOM);
  private final ByteBuffer decrypted = ByteBuffer.allocate(ROOM).flip();

  /** A client of a server's engine, with which it has shaken hands, and then a socket to it. */
  RecordClient(SSLEngine engine, SSLEngine server, SocketChannel socket) throws SSLException {
    this.engine = engine;
    this.socket = socket;
    engine.beginHandshake();
    server.beginHandshake();
    while (isShaking(engine) || isShaking(server)) {
      step(engine, received, sending);
      step(server, sending, received);
    }
  }

  private static boolean isShaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  /** There is nothing, but OpenSSL's engine wants room for it. */
  private static ByteBuffer decryptedMeanwhile() {
    return ByteBuffer.allocate(ROOM);
  }

  private static void step(SSLEngine engine, ByteBuffer from, ByteBuffer to) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_WRAP -> engine.wrap(NOTHING, to);
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        engine.unwrap(from.flip(), decryptedMeanwhile());
        from.compact();
      }
      case NOT_HANDSHAKING, FINISHED -> {}
    }
  }

  /** The bytes of a record with this content; nothing is sent. */
  byte[] record(byte[] content, int from, int length) throws SSLException {
    sending.clear();
    SSLEngineResult result = engine.wrap(ByteBuffer.wrap(content, from, length), sending);
    if (result.bytesConsumed() != length) {
      throw new SSLException("not one record: " + result);
    }
    byte[] record = new byte[sending.flip().remaining()];
    sending.get(record);
    return record;
  }

  /** Sends bytes as they are. */
  void sendRaw(byte[] bytes, int from, int length) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes, from, length);
    while (rest.hasRemaining()) {
      socket.write(rest);
    }
  }

  /** Sends a record with this content. */
  void send(byte[] content, int from, int length) throws IOException {
    byte[] record = record(content, from, length);
    sendRaw(record, 0, record.length);
  }

  /** Sends new keys, and asks for the server's. */
  void renewKeys() throws IOException {
    engine.beginHandshake();
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      send(new byte[0], 0, 0);
    }
  }

  /** Says that nothing comes any more. */
  void sayGoodbye() throws IOException {
    engine.closeOutbound();
    send(new byte[0], 0, 0);
  }

  /** Receives so many bytes of content. */
  byte[] receive(int count) throws IOException {
    byte[] content = new byte[count];
    int at = 0;
    while (at < count) {
      int part = Math.min(count - at, decrypted.remaining());
      decrypted.get(content, at, part);
      at += part;
      if (at < count && !decrypt() && socket.read(received) < 0) {
        throw new EOFException("after %d bytes of %d".formatted(at, count));
      }
    }
    return content;
  }

  /** Whether the server says goodbye in TLS, and nothing else, before it closes. */
  boolean hearsGoodbye() throws IOException {
    while (decrypt() || (!engine.isInboundDone() && socket.read(received) >= 0)) {
      if (decrypted.hasRemaining()) {
        return false;
      }
    }
    return engine.isInboundDone();
  }

  private boolean decrypt() throws SSLException {
    received.flip();
    decrypted.compact();
    SSLEngineResult result = engine.unwrap(received, decrypted);
    received.compact();
    decrypted.flip();
    return result.bytesConsumed() > 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
