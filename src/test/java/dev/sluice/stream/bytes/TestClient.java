package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/** The far side of a connection, which speaks {@link TestSession}'s protocol and may misbehave. */
final class TestClient implements AutoCloseable {

  private final SocketChannel channel;
  private final CompletableFuture<Void> session;

  TestClient(SocketChannel channel, CompletableFuture<Void> session) {
    this.channel = channel;
    this.session = session;
  }

  /** A write that has to work. */
  void write(long offset, byte[] data) throws IOException {
    assertThat(tryWrite(offset, data)).isEqualTo(Status.OK);
  }

  Status tryWrite(long offset, byte[] data) throws IOException {
    sendWrite(offset, data);
    return status();
  }

  /** A read that has to work. */
  byte[] read(long offset, int length) throws IOException {
    assertThat(tryRead(offset, length)).isEqualTo(Status.OK);
    return receive(length).array();
  }

  /** Leaves the data of a reply that is OK for {@link #receive}. */
  Status tryRead(long offset, int length) throws IOException {
    send(Operation.READ, offset, length);
    return status();
  }

  void zeroes(long offset, long length) throws IOException {
    assertThat(request(Operation.ZEROES, offset, length)).isEqualTo(Status.OK);
  }

  void trim(long offset, long length) throws IOException {
    assertThat(request(Operation.TRIM, offset, length)).isEqualTo(Status.OK);
  }

  void flush() throws IOException {
    assertThat(request(Operation.FLUSH, 0, 0)).isEqualTo(Status.OK);
  }

  /** One request without payload, and its reply. */
  Status request(Operation operation, long offset, long length) throws IOException {
    send(operation, offset, length);
    return status();
  }

  void sendWrite(long offset, byte[] data) throws IOException {
    sendWrite(offset, data, data.length);
  }

  /** A write whose payload breaks off early. */
  void sendWrite(long offset, byte[] data, int sent) throws IOException {
    ByteBuffer request = header(Operation.WRITE, offset, data.length);
    if (sent <= 65_536) {
      ByteBuffer whole = ByteBuffer.allocate(TestSession.HEADER + sent);
      sendAll(whole.put(request).put(data, 0, sent).flip());
    } else {
      sendAll(request);
      sendAll(ByteBuffer.wrap(data, 0, sent));
    }
  }

  /** A write whose payload is a file's beginning, sent with sendfile(2). */
  Status trySendFile(long offset, FileChannel file, int length) throws IOException {
    sendAll(header(Operation.WRITE, offset, length));
    for (long sent = 0; sent < length; ) {
      sent += file.transferTo(sent, length - sent, channel);
    }
    return status();
  }

  void send(Operation operation, long offset, long length) throws IOException {
    sendAll(header(operation, offset, length));
  }

  void sendAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static ByteBuffer header(Operation operation, long offset, long length) {
    return ByteBuffer.allocate(TestSession.HEADER)
        .putLong(operation.ordinal())
        .putLong(offset)
        .putLong(length)
        .flip();
  }

  /** Sends a byte out of band (TCP's urgent data). */
  void sendUrgent(int data) throws IOException {
    channel.socket().sendUrgentData(data);
  }

  Status status() throws IOException {
    return Status.values()[(int) receive(TestSession.STATUS).getLong(0)];
  }

  ByteBuffer receive(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("closed with %d bytes missing".formatted(bytes.remaining()));
      }
    }
    return bytes.flip();
  }

  /** Says goodbye and waits until the stream has taken note of it. */
  void disconnect() throws IOException {
    send(Operation.DISCONNECT, 0, 0);
    session.join();
    channel.close();
  }

  /** Closes the connection, and waits until the stream has taken note of it. */
  void hangUp() throws IOException {
    channel.close();
    session.join();
  }

  boolean isServed() {
    return !session.isDone();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
