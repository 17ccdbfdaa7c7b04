package dev.sluice.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;

/**
 * TCP keep-alive, which detects clients that cannot be reached any more. By default, Linux takes
 * two hours (tcp(7)).
 *
 * @param seconds the silence after which probes are sent, and how long they may go unanswered; 0
 *     keeps Linux's default
 */
record KeepAlive(int seconds) {

  /** Unanswered probes after which the connection is closed. */
  private static final int PROBES = 4;

  /** The most that Linux accepts (MAX_TCP_KEEPIDLE). */
  private static final int MAX_SECONDS = 32_767;

  static KeepAlive of(Duration silence) {
    return new KeepAlive((int) Math.min(MAX_SECONDS, Math.ceilDiv(silence.toMillis(), 1000)));
  }

  /** Sets options of a socket. */
  private interface Options {
    <T> void set(ChannelOption<T> option, T value);
  }

  /** Configures an outgoing connection. */
  void configure(Bootstrap connection) {
    configure(connection::option);
  }

  /** Configures all connections that a listener accepts. */
  void configure(ServerBootstrap listener) {
    configure(listener::childOption);
  }

  private void configure(Options options) {
    options.set(ChannelOption.SO_KEEPALIVE, true);
    if (seconds > 0) {
      options.set(EpollChannelOption.TCP_KEEPIDLE, seconds);
      options.set(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / PROBES));
      options.set(EpollChannelOption.TCP_KEEPCNT, PROBES);
    }
  }
}
