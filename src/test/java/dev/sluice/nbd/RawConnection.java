package dev.sluice.nbd;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A TCP or Unix socket of which every operation ends in time: each waits at most {@code timeout},
 * then throws a {@link SocketTimeoutException}. For one thread.
 */
final class RawConnection implements AutoCloseable {

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Duration timeout;

  RawConnection(SocketAddress address, Duration timeout) throws IOException {
    this.timeout = timeout;
    channel = open(address);
    selector = Selector.open();
    channel.configureBlocking(false);
    key = channel.register(selector, 0);
    connect(address);
  }

  private static SocketChannel open(SocketAddress address) throws IOException {
    if (address instanceof UnixDomainSocketAddress) {
      return SocketChannel.open(StandardProtocolFamily.UNIX);
    }
    return SocketChannel.open().setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  private void connect(SocketAddress address) throws IOException {
    try {
      long deadline = deadline();
      boolean connected = channel.connect(address);
      while (!connected) {
        await(SelectionKey.OP_CONNECT, deadline);
        connected = channel.finishConnect();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  void send(ByteBuffer bytes) throws IOException {
    long deadline = deadline();
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  /** Receives exactly {@code length} bytes, ready to be read. */
  ByteBuffer receive(int length) throws IOException {
    long deadline = deadline();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes);
      if (count < 0) {
        throw new EOFException(
            "the server closed after %d of %d bytes".formatted(bytes.position(), length));
      }
      if (count == 0) {
        await(SelectionKey.OP_READ, deadline);
      }
    }
    return bytes.flip();
  }

  /** Receives whatever comes until the server closes. */
  byte[] receiveToEnd() throws IOException {
    long deadline = deadline();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer part = ByteBuffer.allocate(4096);
    for (int count = channel.read(part); count >= 0; count = channel.read(part.clear())) {
      all.write(part.array(), 0, count);
      if (count == 0) {
        await(SelectionKey.OP_READ, deadline);
      }
    }
    return all.toByteArray();
  }

  /** Waits for the server's next move: true if it closed or reset, false if it sent a byte. */
  boolean isClosedByServer() throws IOException {
    long deadline = deadline();
    ByteBuffer one = ByteBuffer.allocate(1);
    try {
      int count = channel.read(one);
      while (count == 0) {
        await(SelectionKey.OP_READ, deadline);
        count = channel.read(one);
      }
      return count < 0;
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return true;
    }
  }

  /** Says that nothing more will be sent; replies can still be received. */
  void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** Drops the connection: over TCP with a reset, over a Unix socket by closing it. */
  void abort() throws IOException {
    if (channel.isOpen() && channel.getRemoteAddress() instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }
    close();
  }

  /** The selector goes first: a channel closes for good only when no selector holds it. */
  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }

  private long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  private void await(int operation, long deadline) throws IOException {
    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (millis <= 0) {
      throw new SocketTimeoutException("the server did nothing for " + timeout);
    }
    key.interestOps(operation);
    selector.select(millis);
    selector.selectedKeys().clear();
  }
}
