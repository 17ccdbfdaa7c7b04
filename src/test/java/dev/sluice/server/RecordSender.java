package dev.sluice.server;

import dev.sluice.nbd.RawNbdClient;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** A client of NBD that has started TLS, and sends it record by record. */
final class RecordSender implements AutoCloseable {

  private static final int ROOM = 1 << 16;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Socket socket;
  private final DataInputStream in;
  private final SSLEngine engine;
  private final ByteBuffer sending = ByteBuffer.allocate(ROOM);
  private final ByteBuffer received = ByteBuffer.allocate(ROOM);
  private final ByteBuffer decrypted = ByteBuffer.allocate(ROOM).flip();

  RecordSender(InetSocketAddress server, SSLContext trusting, String version) throws IOException {
    socket = new Socket(server.getAddress(), server.getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    in.skipNBytes(18);
    socket.getOutputStream().write(new byte[] {0, 0, 0, 3});
    socket.getOutputStream().write(option(Conformance.STARTTLS));
    in.skipNBytes(20);
    engine = trusting.createSSLEngine("localhost", server.getPort());
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {version});
    engine.beginHandshake();
    shakeHands();
  }

  private static byte[] option(int code, byte... data) {
    return ByteBuffer.allocate(16 + data.length)
        .putLong(0x49484156454f5054L)
        .putInt(code)
        .putInt(data.length)
        .put(data)
        .array();
  }

  private void shakeHands() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> sendRecord(NOTHING);
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!decrypt()) {
            receiveMore();
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          return;
        }
      }
    }
  }

  /** One record with this content, which may be empty. */
  void sendRecord(ByteBuffer content) throws IOException {
    engine.wrap(content, sending.clear());
    socket.getOutputStream().write(sending.array(), 0, sending.position());
  }

  /** Asks for other keys: in TLS 1.3 a record, in TLS 1.2 the beginning of a handshake. */
  void renew() throws IOException {
    engine.beginHandshake();
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      sendRecord(NOTHING);
    }
  }

  /** Asks for a list of exports, of which there has to be none. */
  void list() throws IOException {
    sendRecord(ByteBuffer.wrap(option(Conformance.LIST)));
    receive(20);
  }

  /** Chooses an export, after which its requests can be sent. */
  void go(String export) throws IOException {
    sendRecord(ByteBuffer.wrap(option(Conformance.GO, RawNbdClient.infoData(export))));
    receive(20 + 12 + 20);
  }

  private void receive(int count) throws IOException {
    for (int left = count; left > 0; ) {
      int part = Math.min(left, decrypted.remaining());
      decrypted.position(decrypted.position() + part);
      left -= part;
      if (left > 0 && !decrypt()) {
        receiveMore();
      }
    }
  }

  private boolean decrypt() throws IOException {
    received.flip();
    decrypted.compact();
    int consumed = engine.unwrap(received, decrypted).bytesConsumed();
    received.compact();
    decrypted.flip();
    return consumed > 0;
  }

  private void receiveMore() throws IOException {
    int count = in.read(received.array(), received.position(), received.remaining());
    if (count < 0) {
      throw new EOFException();
    }
    received.position(received.position() + count);
  }

  /** Whether the server ends the connection, whatever it sends before. */
  boolean isClosed() {
    byte[] unwanted = new byte[ROOM];
    try {
      while (in.read(unwanted) >= 0) {
        // Answers to what was sent.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
