package dev.sluice.access.http;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.TcpTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a request, used directly once the response has begun. Tomcat's own I/O takes 8
 * KiB at a time, is bound by its timeout, and cannot tell that the client has disconnected. TLS
 * stays in use. Confined to one thread, except for {@link #endInput}.
 */
public final class RawConnection implements AutoCloseable {

  /** How many bytes of what the client still sends are dropped at a time. */
  private static final int DROP_BYTES = 4096;

  private final NioEndpoint.NioSocketWrapper tomcats;
  private final NioChannel channel;
  private final SocketChannel socket;
  private final Selector selector;
  private final SelectionKey key;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final ByteBuffer dropped = ByteBuffer.allocate(DROP_BYTES);
  private boolean ended;

  /** A duplicate of the connection's descriptor, for splice(2). Owned by this. */
  private @Nullable Descriptor spliced;

  private RawConnection(NioEndpoint.NioSocketWrapper tomcats, Selector selector)
      throws IOException {
    this.tomcats = tomcats;
    this.channel = tomcats.getSocket();
    this.socket = channel.getIOChannel();
    this.selector = selector;
    this.key = socket.register(selector, 0);
    this.local = (InetSocketAddress) socket.getLocalAddress();
    this.remote = (InetSocketAddress) socket.getRemoteAddress();
  }

  /** Returns the connection of the request that the current thread serves. */
  public static RawConnection current() throws IOException {
    Selector selector = Selector.open();
    boolean made = false;
    try {
      RawConnection connection = new RawConnection(CountedHttp.current(), selector);
      made = true;
      return connection;
    } finally {
      if (!made) {
        selector.close();
      }
    }
  }

  /** Sends what can be sent without blocking, and returns how many bytes that is. */
  public int send(ByteBuffer bytes) throws IOException {
    return isFlushed() ? channel.write(bytes) : 0;
  }

  /**
   * Returns a non-blocking descriptor to splice from. Null with TLS, if the descriptor is not
   * found, or while Tomcat's buffer holds bytes that the request has not read.
   */
  public @Nullable Descriptor spliced() throws IOException {
    boolean ahead = !tomcats.getSocketBufferHandler().isReadBufferEmpty();
    if (spliced == null && !ahead && !(channel instanceof SecureNioChannel)) {
      spliced = TcpTable.duplicate(local, remote).orElse(null);
    }
    return spliced;
  }

  /**
   * Returns whether everything that was sent has left this process. With TLS, up to one record may
   * be buffered.
   */
  public boolean isFlushed() throws IOException {
    if (channel.getOutboundRemaining() > 0) {
      channel.flushOutbound();
    }
    return channel.getOutboundRemaining() == 0;
  }

  /**
   * Waits until more can be sent, the client sends something or closes its side, or the time has
   * passed.
   */
  public void awaitRoom(long millis) throws IOException {
    await(SelectionKey.OP_WRITE | SelectionKey.OP_READ, millis);
  }

  /** Waits until the client sends something or closes its side, or the time has passed. */
  public void awaitInput(long millis) throws IOException {
    await(SelectionKey.OP_READ, millis);
  }

  private void await(int operations, long millis) throws IOException {
    // An end that was seen before would end every wait at once.
    key.interestOps(ended ? operations & ~SelectionKey.OP_READ : operations);
    selector.select(_ -> {}, millis);
  }

  /** Returns whether the client has closed its side. Drops the bytes that it sent before. */
  public boolean hasEnded() throws IOException {
    for (int n = 1; n > 0 && !ended; ) {
      n = socket.read(dropped.clear());
      ended = n < 0;
    }
    return ended;
  }

  /**
   * Returns whether the client closed its side after reading everything that was sent: its system
   * has acknowledged all of it, and there was no reset.
   *
   * @throws IOException if it left bytes unread
   */
  public boolean hasTakenEverything() throws IOException {
    if (!hasEnded()) {
      return false;
    }
    Optional<TcpTable.Connection> known = TcpTable.find(local, remote);
    if (known.isEmpty()) {
      throw new IOException("the client closed its connection and left bytes unread");
    }
    return known.get().isClosedWithEverything();
  }

  /**
   * Returns whether the client has closed its side, or the connection has ended, without dropping
   * bytes. This costs more than {@link #hasEnded}.
   */
  public boolean isOver() {
    return !TcpTable.isOpen(local, remote);
  }

  /**
   * Ends the input, so that a thread that waits for it, even in Tomcat, returns at once.
   * Thread-safe.
   */
  public void endInput() {
    try {
      socket.shutdownInput();
    } catch (IOException gone) {
      // closed already
    }
  }

  /** Closes the connection with a reset. */
  public void reset() {
    try {
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException gone) {
      // closed already
    }
    close();
  }

  /** Closes the connection with a reset, and then ends its request; see {@link #endRequest}. */
  public void reset(Runnable end) {
    reset();
    endRequest(end);
  }

  /**
   * Ends a request whose connection is closed.
   *
   * @param end ends the request; it fails if Tomcat has noticed by itself that the client
   *     disconnected
   */
  public static void endRequest(Runnable end) {
    try {
      end.run();
    } catch (IllegalStateException noticed) {
      // Tomcat has ended the request.
    }
  }

  /** Closes the connection. Tomcat notices that when it next uses it. */
  @Override
  public void close() {
    closeSpliced(); // otherwise the client would not see the end
    try {
      socket.close();
    } catch (IOException gone) {
      // closed already
    } finally {
      leave();
      // Java closes the socket when no selector has it any more, and Tomcat's sleeps for a second.
      tomcats.getPoller().getSelector().wakeup();
    }
  }

  private void closeSpliced() {
    if (spliced != null) {
      spliced.close();
    }
  }

  /** Gives the connection back to Tomcat. */
  public void leave() {
    closeSpliced();
    try {
      selector.close();
    } catch (IOException e) {
      // There is no remedy.
    }
  }
}
