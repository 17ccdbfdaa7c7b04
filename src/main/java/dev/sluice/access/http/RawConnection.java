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
 * The connection of a request, used beneath Tomcat once the response has begun: Tomcat's own way
 * takes 8 KiB at a time, waits no longer than its timeout, and cannot tell that the client has
 * gone. TLS is as it was. Confined to one thread, except for {@link #endInput}.
 */
public final class RawConnection implements AutoCloseable {

  /** So much is dropped at a time of what the client still sends. */
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

  /** The same connection once more, to be spliced from; this owns it. */
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

  /** That of the request that the current thread serves. */
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

  /** Sends what can be sent without waiting; returns how many bytes that were. */
  public int send(ByteBuffer bytes) throws IOException {
    return isFlushed() ? channel.write(bytes) : 0;
  }

  /**
   * Where bytes can be spliced from, which does not block; null with TLS, where it is not found,
   * and while Tomcat's connection itself holds bytes, which its request does not have yet.
   */
  public @Nullable Descriptor spliced() throws IOException {
    boolean ahead = !tomcats.getSocketBufferHandler().isReadBufferEmpty();
    if (spliced == null && !ahead && !(channel instanceof SecureNioChannel)) {
      spliced = TcpTable.duplicate(local, remote).orElse(null);
    }
    return spliced;
  }

  /** Whether everything that was sent has left this process: TLS holds a record at most. */
  public boolean isFlushed() throws IOException {
    if (channel.getOutboundRemaining() > 0) {
      channel.flushOutbound();
    }
    return channel.getOutboundRemaining() == 0;
  }

  /** Waits until more can be sent, or the client sends or ends, but not longer than this. */
  public void awaitRoom(long millis) throws IOException {
    await(SelectionKey.OP_WRITE | SelectionKey.OP_READ, millis);
  }

  /** Waits until the client sends something or ends its side, but not longer than this. */
  public void awaitInput(long millis) throws IOException {
    await(SelectionKey.OP_READ, millis);
  }

  private void await(int operations, long millis) throws IOException {
    // An end that has been seen would be seen again and again.
    key.interestOps(ended ? operations & ~SelectionKey.OP_READ : operations);
    selector.select(_ -> {}, millis);
  }

  /** Whether the client has ended its side; what it sent before is dropped. */
  public boolean hasEnded() throws IOException {
    for (int n = 1; n > 0 && !ended; ) {
      n = socket.read(dropped.clear());
      ended = n < 0;
    }
    return ended;
  }

  /**
   * Whether the client closed its side after it had read everything that was sent: its system has
   * acknowledged all of it, and there was no reset.
   *
   * @throws IOException when it left bytes unread
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

  /** The same without dropping anything, at a higher price. */
  public boolean isOver() {
    return !TcpTable.isOpen(local, remote);
  }

  /** Whoever waits for input, Tomcat as well, learns at once that no more comes. Thread-safe. */
  public void endInput() {
    try {
      socket.shutdownInput();
    } catch (IOException gone) {
      // it has been closed
    }
  }

  /** Breaks it off with a reset. */
  public void reset() {
    try {
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException gone) {
      // it has been closed
    }
    close();
  }

  /**
   * Breaks it off with a reset, and then ends its request.
   *
   * @param end does that; Tomcat refuses it where it has noticed by itself that the client has gone
   */
  public void reset(Runnable end) {
    reset();
    try {
      end.run();
    } catch (IllegalStateException noticed) {
      // Tomcat has ended the request.
    }
  }

  /** Closes it. Tomcat learns of that when it next uses it. */
  @Override
  public void close() {
    closeSpliced(); // or the client would not see the end
    try {
      socket.close();
    } catch (IOException gone) {
      // it has been closed
    } finally {
      leave();
      // Java closes it when no selector has it any more, and Tomcat's sleeps for a second.
      tomcats.getPoller().getSelector().wakeup();
    }
  }

  private void closeSpliced() {
    if (spliced != null) {
      spliced.close();
    }
  }

  /** Leaves it to Tomcat again. */
  public void leave() {
    closeSpliced();
    try {
      selector.close();
    } catch (IOException e) {
      // There is nothing that anybody could do about it.
    }
  }
}
