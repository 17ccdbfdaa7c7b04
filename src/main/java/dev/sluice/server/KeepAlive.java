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

  /** Where an option of a connection is set. */
  private interface Options {
    <T> void set(ChannelOption<T> option, T value);
  }

  /** Sets it for a connection that is made. */
  void configure(Bootstrap connection) {
    configure(connection::option);
  }

  /** Sets it for all connections that are accepted. */
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
