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
import java.util.concurrent.atomic.AtomicInteger;

/** A way to a server that can be cut, and mended. */
public final class RelayingProxy implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final InetSocketAddress server;
  private final Cutter cutter;
  private final ServerSocketChannel listener;
  private final Set<SocketChannel> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().name("proxy").factory());
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean cut;

  /** So many connections, the first ones, pass nothing on. */
  private volatile int silent;

  /** Decides which bytes are a connection's last. */
  interface Cutter {

    /** Whether the connection is cut after these bytes, of which it may leave some out. */
    boolean isCutWithin(ByteBuffer bytes, boolean toServer);
  }

  public RelayingProxy(InetSocketAddress server) {
    this(server, (_, _) -> false);
  }

  RelayingProxy(InetSocketAddress server, Cutter cutter) {
    this.server = server;
    this.cutter = cutter;
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
  public void cut() {
    cut = true;
    cutConnections();
  }

  /** Cuts all connections; new ones get through. */
  public void cutConnections() {
    sockets.forEach(RelayingProxy::close);
  }

  /** Has all connections pass nothing on any more, without anybody hearing of it; new ones do. */
  public void silence() {
    silent = accepted.get();
  }

  public void mend() {
    cut = false;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        sockets.add(client);
        if (cut) { // looked at after it could be found
          sockets.remove(client);
          client.close();
          continue;
        }
        SocketChannel to = SocketChannel.open(server);
        sockets.add(to);
        int number = accepted.getAndIncrement();
        threads.execute(() -> pass(number, client, to, /* toServer= */ true));
        threads.execute(() -> pass(number, to, client, /* toServer= */ false));
      }
    } catch (IOException e) {
      // It was closed, or the server was.
    }
  }

  /** Passes bytes on until either side closes its connection, or it is cut. */
  private void pass(int number, SocketChannel from, SocketChannel to, boolean toServer) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (from;
        to) {
      boolean last = false;
      while (!last && from.read(buffer.clear()) >= 0) {
        buffer.flip();
        if (number < silent) {
          continue;
        }
        last = cutter.isCutWithin(buffer, toServer);
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

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      cut();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.close();
    }
  }
}
