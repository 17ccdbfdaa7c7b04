package dev.sluice.access.http;

import dev.sluice.posix.ThreadPriority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP connector, with connections counted from before anything is read until they are
 * closed. A valve would see only requests, but a connection without requests costs as much.
 */
public final class CountedHttp extends Http11NioProtocol {

  private static final ThreadLocal<@Nullable SocketWrapperBase<NioChannel>> CURRENT =
      new ThreadLocal<>();

  /** Creates a protocol without a limit. Tomcat calls this. */
  public CountedHttp() {
    super(new Counting());
  }

  /** Sets the limit. Must be called before the start. */
  public void limitBy(HttpConnections limit) {
    ((Counting) getEndpoint()).limit = limit;
  }

  /**
   * Lowers the priority of request threads, so that streams come first. Must be called before the
   * start.
   */
  public void yieldToStreams() {
    ((Counting) getEndpoint()).yielding = true;
  }

  /** Sends 100 Continue only when the body is read. Must be called before the start. */
  public void inviteLate() {
    setContinueResponseTiming("onRead");
  }

  /**
   * Returns the connection of the request that the current thread serves.
   *
   * @throws IllegalStateException if it serves none
   */
  static NioEndpoint.NioSocketWrapper current() {
    if (CURRENT.get() instanceof NioEndpoint.NioSocketWrapper connection) {
      return connection;
    }
    throw new IllegalStateException("this thread serves no request of Tomcat's");
  }

  private static final class Counting extends NioEndpoint {

    private volatile @Nullable HttpConnections limit;
    private volatile boolean yielding;

    /** Takes over an accepted connection, or returns false to have it closed. */
    @Override
    protected boolean setSocketOptions(SocketChannel connection) {
      HttpConnections counted = limit;
      InetAddress address = addressOf(connection);
      if (counted == null || address == null) {
        return super.setSocketOptions(connection);
      }
      HttpConnections.Verdict verdict = counted.enter(connection, address);
      verdict.displaced().ifPresent(this::close);
      if (!verdict.admitted()) {
        destroySocket(connection); // Tomcat closes only connections that it has registered
        return false;
      }
      boolean taken = super.setSocketOptions(connection);
      if (!taken) {
        counted.leave(connection);
      }
      return taken;
    }

    /**
     * Closes a connection. Tomcat would fail to register one that is closed already, so one that is
     * not registered yet only gets an end of its input.
     */
    private void close(SocketChannel connection) {
      SocketWrapperBase<NioChannel> taken = connections.get(connection);
      if (taken != null && connection.isRegistered()) {
        taken.close();
        return;
      }
      try {
        connection.shutdownInput();
      } catch (IOException gone) {
        // closed already
      }
    }

    private static @Nullable InetAddress addressOf(SocketChannel connection) {
      try {
        SocketAddress remote = connection.getRemoteAddress();
        return remote instanceof InetSocketAddress internet ? internet.getAddress() : null;
      } catch (IOException gone) {
        return null;
      }
    }

    @Override
    public void setHandler(@Nullable Handler<NioChannel> handler) {
      super.setHandler(handler == null ? null : new Releasing(handler));
    }

    /** Releases the count of a connection after Tomcat has closed it. */
    private final class Releasing implements Handler<NioChannel> {

      private final Handler<NioChannel> handler;

      private Releasing(Handler<NioChannel> handler) {
        this.handler = handler;
      }

      @Override
      public SocketState process(SocketWrapperBase<NioChannel> connection, SocketEvent event) {
        if (yielding) {
          ThreadPriority.lower(); // a thread of Tomcat's pool, which serves nothing else
        }
        CURRENT.set(connection);
        try {
          return handler.process(connection, event);
        } finally {
          CURRENT.remove();
        }
      }

      @Override
      public Object getGlobal() {
        return handler.getGlobal();
      }

      @Override
      public void release(SocketWrapperBase<NioChannel> connection) {
        HttpConnections counted = limit;
        if (counted != null) {
          counted.leave(connection.getSocket().getIOChannel());
        }
        handler.release(connection);
      }

      @Override
      public void pause() {
        handler.pause();
      }

      @Override
      public void recycle() {
        handler.recycle();
      }
    }
  }
}
