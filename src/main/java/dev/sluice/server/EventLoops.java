package dev.sluice.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.TimeUnit;

/**
 * The threads that accept connections and shake hands.
 *
 * @param acceptor accepts, which has to wait for no client
 * @param handshakes carry all connections in the handshake
 */
record EventLoops(EventLoopGroup acceptor, EventLoopGroup handshakes) {

  /** A second one, so that no handshake waits for each step of all others. */
  private static final int LEAST = 2;

  /** Few are enough: whatever moves data has a thread of its own. */
  private static final int MOST = 4;

  static EventLoops start() {
    EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), LEAST, MOST);
    EventLoopGroup handshakes = new MultiThreadIoEventLoopGroup(count, EpollIoHandler.newFactory());
    handshakes.forEach(loop -> loop.execute(() -> {})); // no client is to wait for a thread
    return new EventLoops(acceptor, handshakes);
  }

  void stop() {
    stop(acceptor);
    stop(handshakes);
  }

  private static void stop(EventLoopGroup loops) {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
