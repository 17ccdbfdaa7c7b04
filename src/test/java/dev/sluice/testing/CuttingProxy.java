package dev.sluice.testing;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

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

  private final Way counted;
  private final Deque<Long> cuts;
  private final RelayingProxy proxy;
  private long passed;

  /**
   * Starts one.
   *
   * @param export where the service is
   * @param cuts numbers of bytes, ascending
   */
  public CuttingProxy(URI export, Way counted, List<Long> cuts) {
    this.counted = counted;
    this.cuts = new ArrayDeque<>(cuts);
    this.proxy =
        new RelayingProxy(
            new InetSocketAddress(export.getHost(), export.getPort()), this::isCutWithin);
  }

  /** The port on 127.0.0.1 that it listens on. */
  public int port() {
    return proxy.port();
  }

  /** How many cuts are still to come. */
  public synchronized int cutsLeft() {
    return cuts.size();
  }

  /** Counts what is in the buffer, and leaves in it what goes before a cut. */
  private synchronized boolean isCutWithin(ByteBuffer buffer, boolean toServer) {
    if (toServer != (counted == Way.TO_THE_SERVICE)) {
      return false;
    }
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
    proxy.close();
  }
}
