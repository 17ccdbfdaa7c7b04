package dev.sluice.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;

/**
 * How a TCP connection whose client cannot be reached any more is noticed. By itself Linux takes
 * two hours (tcp(7)).
 *
 * @param seconds how long it may be silent, and how long a sign of life may take; 0 leaves it to
 *     Linux
 */
record KeepAlive(int seconds) {

  /** Signs of life that a silent client is asked for before it is given up. */
  private static final int PROBES = 4;

  /** Linux takes no more (MAX_TCP_KEEPIDLE). */
  private static final int MAX_SECONDS = 32_767;

  static KeepAlive of(Duration silence) {
    return new KeepAlive((int) Math.min(MAX_SECONDS, Math.ceilDiv(silence.toMillis(), 1000)));
  }

  /** Sets it for a connection that is made. */
  void configure(Bootstrap connection) {
    connection.option(ChannelOption.SO_KEEPALIVE, true);
    if (seconds > 0) {
      connection
          .option(EpollChannelOption.TCP_KEEPIDLE, seconds)
          .option(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / PROBES))
          .option(EpollChannelOption.TCP_KEEPCNT, PROBES);
    }
  }

  /** Sets it for all connections that are accepted. */
  void configure(ServerBootstrap listener) {
    listener.childOption(ChannelOption.SO_KEEPALIVE, true);
    if (seconds > 0) {
      listener
          .childOption(EpollChannelOption.TCP_KEEPIDLE, seconds)
          .childOption(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / PROBES))
          .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
    }
  }
}
