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
 * Tomcat's own HTTP, whose connections are counted from before anything is read of them until they
 * are closed: a valve would see requests only, and a connection that sends none costs as much.
 */
public final class CountedHttp extends Http11NioProtocol {

  private static final ThreadLocal<@Nullable SocketWrapperBase<NioChannel>> CURRENT =
      new ThreadLocal<>();

  /** For Tomcat; nothing is counted until there is a limit. */
  public CountedHttp() {
    super(new Counting());
  }

  /** Counts the connections from now on; to be called before it starts. */
  public void limitBy(HttpConnections limit) {
    ((Counting) getEndpoint()).limit = limit;
  }

  /**
   * Has its requests served while streams leave a processor free; to be called before it starts.
   */
  public void yieldToStreams() {
    ((Counting) getEndpoint()).yielding = true;
  }

  /** Invites a body only when somebody wants to read it; to be called before it starts. */
  public void inviteLate() {
    setContinueResponseTiming("onRead");
  }

  /**
   * The connection of the request that the current thread serves.
   *
   * @throws IllegalStateException when it serves none
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

    /** What Tomcat does with a connection that it has accepted. False: it is closed. */
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
        destroySocket(connection); // after false Tomcat closes only what it has taken
        return false;
      }
      boolean taken = super.setSocketOptions(connection);
      if (!taken) {
        counted.leave(connection);
      }
      return taken;
    }

    /** One that Tomcat has not registered yet would be an error when it does: it ends then. */
    private void close(SocketChannel connection) {
      SocketWrapperBase<NioChannel> taken = connections.get(connection);
      if (taken != null && connection.isRegistered()) {
        taken.close();
        return;
      }
      try {
        connection.shutdownInput();
      } catch (IOException gone) {
        // it has been closed
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

    /** Tells of each connection's end, once Tomcat has closed it. */
    private final class Releasing implements Handler<NioChannel> {

      private final Handler<NioChannel> handler;

      private Releasing(Handler<NioChannel> handler) {
        this.handler = handler;
      }

      @Override
      public SocketState process(SocketWrapperBase<NioChannel> connection, SocketEvent event) {
        if (yielding) {
          ThreadPriority.lower(); // Tomcat makes these threads, and no other one comes here
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
