package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A proxy between clients and the service that cuts the connection each time that a certain number
 * of bytes has gone one way, those of all connections together.
 */
public final class CuttingProxy implements AutoCloseable {

  /** Which way the bytes go that count. */
  public enum Way {
    TO_THE_SERVICE,
    TO_THE_CLIENT
  }

  private static final int BUFFER_BYTES = 64 * 1024;

  private final InetSocketAddress service;
  private final Way counted;
  private final Deque<Long> cuts;
  private final ServerSocketChannel listener;
  private final Set<SocketChannel> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().name("proxy").factory());
  private long passed;

  /**
   * Starts one.
   *
   * @param export where the service is
   * @param cuts numbers of bytes, ascending
   */
  public CuttingProxy(URI export, Way counted, List<Long> cuts) {
    this.service = new InetSocketAddress(export.getHost(), export.getPort());
    this.counted = counted;
    this.cuts = new ArrayDeque<>(cuts);
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

  /** How many cuts are still to come. */
  public synchronized int cutsLeft() {
    return cuts.size();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        sockets.add(client);
        SocketChannel server = SocketChannel.open(service);
        sockets.add(server);
        threads.execute(() -> pass(client, server, Way.TO_THE_SERVICE));
        threads.execute(() -> pass(server, client, Way.TO_THE_CLIENT));
      }
    } catch (IOException e) {
      // It was closed, or the service was.
    }
  }

  /** Passes bytes on until either side closes its connection, or the proxy cuts it. */
  private void pass(SocketChannel from, SocketChannel to, Way way) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (from;
        to) {
      boolean cut = false;
      while (!cut && from.read(buffer.clear()) >= 0) {
        buffer.flip();
        cut = way == counted && isCutWithin(buffer);
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

  /** Counts what is in the buffer, and leaves in it what goes before a cut. */
  private synchronized boolean isCutWithin(ByteBuffer buffer) {
    Long cut = cuts.peek();
    boolean now = cut != null && passed + buffer.remaining() >= cut;
    if (now) {
      cuts.remove();
      buffer.limit((int) (cut - passed));
    }
    passed += buffer.remaining();
    return now;
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (SocketChannel socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.close();
    }
  }
}
