package dev.sluice.server;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.export.ExportRegistry;
import dev.sluice.posix.FilePath;
import dev.sluice.server.handshake.ExportClientLimit;
import dev.sluice.server.handshake.LimitLog;
import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.relay.Relays;
import dev.sluice.server.session.Sessions;
import dev.sluice.server.transport.Tls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NBD listener. It accepts connections on TCP and on a Unix socket, as configured, and adds the
 * handlers of the handshake. Start and stop it from one thread at a time.
 */
public final class NbdServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NbdServer.class);

  /** How long clients in the handshake, and then sessions, may take to hear of the stop. */
  private static final Duration GOODBYE = Duration.ofMillis(500);

  /** Bytes that are read from a client at a time during its handshake: 64 options at most. */
  private static final int READ = 1024;

  private final NbdProperties properties;
  private final ExportRegistry exports;
  private final ServerObserver observer;
  private final Elsewhere elsewhere;
  private final Relays relays;
  private final Sessions sessions;
  private final Connections connections;
  private final HandshakeInitializer initializer;
  private final LimitLog limits = new LimitLog();

  /** Connections in the handshake. Their event loops add and remove them. */
  private final ChannelGroup handshakes = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  /** Whether clients in the handshake are told that the server is going away. */
  private volatile boolean goingAway;

  private @Nullable EventLoops loops;
  private volatile @Nullable Channel tcp;
  private volatile @Nullable Channel unix;

  /** Creates a listener that does not listen yet. */
  public NbdServer(
      NbdProperties properties,
      ExportRegistry exports,
      Elsewhere elsewhere,
      Tls tls,
      ServerObserver observer) {
    this.properties = properties;
    this.exports = exports;
    this.observer = observer;
    this.elsewhere = elsewhere;
    this.relays = new Relays(elsewhere, KeepAlive.of(properties.keepAlive())::configure);
    this.sessions = new Sessions(observer, () -> !exports.isRunning());
    this.connections =
        new Connections(properties.maxConnections(), properties.maxConnectionsPerAddress(), limits);
    this.initializer =
        new HandshakeInitializer(
            properties,
            exports,
            new ExportClientLimit(properties.maxConnectionsPerExport()),
            elsewhere,
            relays,
            tls,
            sessions,
            observer,
            limits,
            handshakes,
            () -> goingAway);
  }

  /**
   * Starts listening.
   *
   * @throws UnusableConfigurationException if an address cannot be used; nothing listens then
   */
  public void start() {
    if (!Epoll.isAvailable()) {
      throw StartFailures.noNativeLibrary(Epoll.unavailabilityCause());
    }
    goingAway = false;
    loops = EventLoops.start();
    boolean started = false;
    try {
      if (properties.port() >= 0) {
        tcp = listenOnTcp();
        log.info("NBD listens on {}", tcp.localAddress());
        elsewhere.listensOn((InetSocketAddress) tcp.localAddress());
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
   * Stops listening. For a short time, options of clients in the handshake are answered with
   * ERR_SHUTDOWN; then they are disconnected. Sessions end with their streams. Idempotent.
   */
  public void stop() {
    goingAway = true;
    close(tcp);
    close(unix);
    tcp = null;
    unix = null;
    handshakes.newCloseFuture().awaitUninterruptibly(GOODBYE.toMillis());
    handshakes.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    if (loops != null) {
      loops.stop();
      loops = null;
    }
  }

  /** Stops, closes all relays, and gives sessions time to tell their clients that streams ended. */
  @Override
  public void close() {
    stop();
    relays.close();
    try {
      sessions.awaitEnd(GOODBYE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether clients can connect. */
  public boolean isListening() {
    return isOpen(tcp) || isOpen(unix);
  }

  /** Returns the address that TCP is bound to, with the real port; null if it is not. */
  public @Nullable InetSocketAddress boundAddress() {
    Channel channel = tcp;
    return channel == null ? null : (InetSocketAddress) channel.localAddress();
  }

  /** Returns the number of running sessions. */
  public int sessionCount() {
    return sessions.count();
  }

  /** Returns the relays of clients to exports of other pods. */
  public Relays relays() {
    return relays;
  }

  /** Returns the number of connections in the handshake. */
  public int handshakeCount() {
    return handshakes.size();
  }

  /** Returns the number of connections, in the handshake and after it. */
  public int connectionCount() {
    return connections.count();
  }

  /** Returns the number of connections of the address that has the most. */
  public int busiestAddressCount() {
    return connections.countOfBusiestAddress();
  }

  private Channel listenOnTcp() {
    InetSocketAddress address = new InetSocketAddress(properties.address(), properties.port());
    if (address.isUnresolved()) {
      throw StartFailures.unknownAddress(properties.address());
    }
    ServerBootstrap bootstrap =
        listener()
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true);
    KeepAlive.of(properties.keepAlive()).configure(bootstrap);
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw StartFailures.tcp(address, bound.cause());
    }
    return bound.channel();
  }

  private Channel listenOnUnix(FilePath socket) {
    UnixListener listener = UnixListener.listen(socket, properties.unixSocketPermissions());
    Runnable endReservation = exports.reserve(listener.file());
    listener
        .channel()
        .closeFuture()
        .addListener(
            _ -> {
              endReservation.run();
              listener.close();
            });
    return listener().channelFactory(listener::channel).register().syncUninterruptibly().channel();
  }

  /**
   * Reads once per turn of the event loop, so that a client that sends much does not delay other
   * handshakes.
   */
  private ServerBootstrap listener() {
    EventLoops at = Objects.requireNonNull(loops);
    return new ServerBootstrap()
        .group(at.acceptor(), at.handshakes())
        .handler(new Gate(exports, connections, observer, limits))
        .childHandler(initializer)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(READ).maxMessagesPerRead(1));
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
