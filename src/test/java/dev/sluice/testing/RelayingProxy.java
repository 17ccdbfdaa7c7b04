package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A way to a server that can be cut, and mended. */
public final class RelayingProxy implements AutoCloseable {

  private static final int BUFFER_BYTES = 16 * 1024;

  private final InetSocketAddress server;
  private final ServerSocketChannel listener;
  private final Set<SocketChannel> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().name("relay").factory());
  private volatile boolean cut;

  public RelayingProxy(InetSocketAddress server) {
    this.server = server;
    try {
      listener = ServerSocketChannel.open();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** The port on 127.0.0.1 that it listens on. */
  public int port() {
    return listener.socket().getLocalPort();
  }

  /** Cuts all connections; new ones are closed until it is mended. */
  public void cut() throws IOException {
    cut = true;
    cutConnections();
  }

  /** Cuts all connections; new ones get through. */
  public void cutConnections() throws IOException {
    for (SocketChannel socket : sockets) {
      socket.close();
    }
  }

  public void mend() {
    cut = false;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        if (cut) {
          client.close();
          continue;
        }
        SocketChannel to = SocketChannel.open(server);
        sockets.add(client);
        sockets.add(to);
        threads.execute(() -> pass(client, to));
        threads.execute(() -> pass(to, client));
      }
    } catch (IOException e) {
      // It was closed, or the server was.
    }
  }

  private void pass(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (from;
        to) {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
    } catch (IOException e) {
      // The other direction has ended.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
    threads.close();
  }
}
