package dev.sluice.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.TimeUnit;

/**
 * The threads that accept connections and run handshakes.
 *
 * @param acceptor accepts, on a thread of its own, so that no handshake delays it
 * @param handshakes run all connections until their handshakes end
 */
record EventLoops(EventLoopGroup acceptor, EventLoopGroup handshakes) {

  /** Two at least, so that one busy handshake does not delay all others. */
  private static final int LEAST = 2;

  /** A few are enough, because sessions and relays have threads of their own. */
  private static final int MOST = 4;

  static EventLoops start() {
    EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), LEAST, MOST);
    EventLoopGroup handshakes = new MultiThreadIoEventLoopGroup(count, EpollIoHandler.newFactory());
    handshakes.forEach(loop -> loop.execute(() -> {})); // starts its thread
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
