package dev.sluice.server;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.export.ClientIdentity;
import dev.sluice.export.ExportRegistry;
import dev.sluice.posix.FilePath;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NBD listener: accepts on TCP and on a Unix socket, as configured, and gives each connection
 * the handlers of the handshake. Started and stopped by one thread at a time.
 */
public final class NbdServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NbdServer.class);

  /** How long clients are told that the server is going away. */
  private static final Duration GOODBYE = Duration.ofMillis(500);

  /** Signs of life that a silent client is asked for before it is given up. */
  private static final int PROBES = 4;

  /** In seconds; Linux takes no more (MAX_TCP_KEEPIDLE). */
  private static final int MAX_KEEP_ALIVE = 32_767;

  private final NbdProperties properties;
  private final ExportRegistry exports;
  private final Tls tls;
  private final ServerObserver observer;
  private final Sessions sessions;
  private final Connections connections;
  private final LimitLog limits = new LimitLog();

  /** Connections in the handshake; the event loop adds and removes them. */
  private final ChannelGroup handshakes = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  /** Whether that is what clients in the handshake are told. */
  private volatile boolean goingAway;

  private @Nullable EventLoopGroup eventLoop;
  private volatile @Nullable Channel tcp;
  private volatile @Nullable Channel unix;

  NbdServer(NbdProperties properties, ExportRegistry exports, Tls tls, ServerObserver observer) {
    this.properties = properties;
    this.tls = tls;
    this.exports = exports;
    this.observer = observer;
    this.sessions = new Sessions(observer, () -> !exports.isRunning());
    this.connections =
        new Connections(properties.maxConnections(), properties.maxConnectionsPerAddress(), limits);
  }

  /**
   * Begins to listen.
   *
   * @throws UnusableConfigurationException when an address cannot be used; nothing listens then
   */
  public void start() {
    if (!Epoll.isAvailable()) {
      throw StartFailures.noNativeLibrary(Epoll.unavailabilityCause());
    }
    goingAway = false;
    // One thread is enough for handshakes: whatever moves data has a thread of its own.
    eventLoop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    boolean started = false;
    try {
      if (properties.port() >= 0) {
        tcp = listenOnTcp();
        log.info("NBD listens on {}", tcp.localAddress());
      }
      FilePath socket = properties.unixSocketPath();
      if (socket != null) {
        unix = listenOnUnix(socket);
        log.info("NBD listens on {}", socket);
      }
      if (!isListening()) {
        log.warn("NBD listens nowhere: sluice.nbd.port is -1, and sluice.nbd.unix-socket not set");
      }
      started = true;
    } finally {
      if (!started) {
        stop();
      }
    }
  }

  /**
   * Stops listening, and answers what clients in the handshake ask that the server is going away,
   * until they have gone, but not for long. Sessions end with their streams. Idempotent.
   */
  public void stop() {
    goingAway = true;
    close(tcp);
    close(unix);
    tcp = null;
    unix = null;
    handshakes.newCloseFuture().awaitUninterruptibly(GOODBYE.toMillis());
    handshakes.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    EventLoopGroup stopped = eventLoop;
    if (stopped != null) {
      stopped.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
      eventLoop = null;
    }
  }

  /** Gives sessions, whose streams have ended by now, the time to tell their clients so. */
  @Override
  public void close() {
    stop();
    try {
      sessions.awaitEnd(GOODBYE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether clients can connect. */
  public boolean isListening() {
    return isOpen(tcp) || isOpen(unix);
  }

  /** Where TCP is listened on, with the real port, or null while it is not. */
  public @Nullable InetSocketAddress boundAddress() {
    Channel channel = tcp;
    return channel == null ? null : (InetSocketAddress) channel.localAddress();
  }

  /** Sessions that run now. */
  public int sessionCount() {
    return sessions.count();
  }

  /** Connections in the handshake. */
  public int handshakeCount() {
    return handshakes.size();
  }

  /** Connections there are now, in the handshake and after it. */
  public int connectionCount() {
    return connections.count();
  }

  /** Connections of the address that has most. */
  public int busiestAddressCount() {
    return connections.countOfBusiestAddress();
  }

  private Channel listenOnTcp() {
    InetSocketAddress address = new InetSocketAddress(properties.address(), properties.port());
    if (address.isUnresolved()) {
      throw StartFailures.unknownAddress(properties.address());
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoop)
            .channel(EpollServerSocketChannel.class)
            .childHandler(handshake())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true);
    keepAlive(bootstrap);
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw StartFailures.tcp(address, bound.cause());
    }
    return bound.channel();
  }

  private Channel listenOnUnix(FilePath socket) {
    UnixListener listener = UnixListener.listen(socket, properties.unixSocketPermissions());
    listener.channel().closeFuture().addListener(_ -> listener.close());
    return new ServerBootstrap()
        .group(eventLoop)
        .channelFactory(listener::channel)
        .childHandler(handshake())
        .register()
        .syncUninterruptibly()
        .channel();
  }

  /** By itself Linux takes two hours to notice that a silent client cannot be reached any more. */
  private void keepAlive(ServerBootstrap bootstrap) {
    int seconds =
        (int) Math.min(MAX_KEEP_ALIVE, Math.ceilDiv(properties.keepAlive().toMillis(), 1000));
    if (seconds > 0) {
      bootstrap
          .childOption(EpollChannelOption.TCP_KEEPIDLE, seconds)
          .childOption(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / PROBES))
          .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
    }
  }

  private ChannelHandler handshake() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        ClientIdentity client = identity(channel);
        Optional<String> shortage = exports.shortage();
        shortage.ifPresent(why -> limits.reached(Limit.DESCRIPTORS, client, why));
        Optional<Connections.Place> entered =
            shortage.isPresent() ? Optional.empty() : connections.enter(client.address());
        if (entered.isEmpty()) {
          observer.handshakeFailed(HandshakeFailure.LIMIT);
          channel.close();
          return;
        }
        Connections.Place place = entered.get();
        channel.closeFuture().addListener(_ -> place.release());
        handshakes.add(channel);
        Admission admission = new Admission(exports, properties.maxConnectionsPerExport(), client);
        channel
            .pipeline()
            .addLast(new HandshakeTimeout(properties.handshakeTimeout(), limits))
            .addLast(new OptionFrameDecoder(properties.maxOptionBytes()))
            .addLast(
                new HandshakeHandler(
                    new Negotiation(admission, properties, () -> goingAway),
                    properties.maxOptions(),
                    tls,
                    (transport, chosen) -> sessions.start(transport, chosen, place),
                    observer,
                    limits));
      }
    };
  }

  /** Of a client that has shown nothing else yet. */
  static ClientIdentity identity(Channel channel) {
    return new ClientIdentity(
        channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null,
        null);
  }

  private static boolean isOpen(@Nullable Channel channel) {
    return channel != null && channel.isOpen();
  }

  private static void close(@Nullable Channel channel) {
    if (channel != null) {
      channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
  }
}
