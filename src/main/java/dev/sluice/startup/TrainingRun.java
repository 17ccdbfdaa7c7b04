package dev.sluice.startup;

import dev.sluice.SluiceApplication;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.SpringProperties;
import org.springframework.util.Assert;

/**
 * Starts the service with the beans that Spring's ahead-of-time processing chose, asks it whether
 * it is ready, and ends it, for the JVM to learn from (JEP 514 and 515). It listens nowhere, and so
 * is not ready.
 */
final class TrainingRun {

  private static final List<String> OWN_ARGUMENTS =
      List.of(
          "--server.port=0",
          "--sluice.nbd.port=-1",
          "--sluice.security.tokens=" + "of-no-service".repeat(3));

  private TrainingRun() {}

  /** Arguments are the service's. */
  public static void main(String[] args) throws Exception {
    SpringProperties.setFlag(AotDetector.AOT_ENABLED);
    SpringApplication service = new SpringApplication(SluiceApplication.class);
    // By itself Spring Boot takes the class with main, and the beans are not this one's.
    service.setMainApplicationClass(SluiceApplication.class);
    service.addInitializers(
        context ->
            context
                .getBeanFactory()
                .registerSingleton(
                    "unbound",
                    (WebServerFactoryCustomizer<TomcatServletWebServerFactory>)
                        factory -> factory.setProtocol(Unbound.class.getName())));
    try (ConfigurableApplicationContext context =
        service.run(
            Stream.concat(Stream.of(args), OWN_ARGUMENTS.stream()).toArray(String[]::new))) {
      String answer = unbound((ServletWebServerApplicationContext) context).answer();
      Assert.state(answer.startsWith("HTTP/1.1 503"), () -> "/readyz answered " + answer);
      Assert.state(AotDetector.useGeneratedArtifacts(), "What Spring prepared was not used");
    }
    prepareToAccept();
  }

  private static Unbound unbound(ServletWebServerApplicationContext context) {
    TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
    return (Unbound) server.getTomcat().getConnector().getProtocolHandler();
  }

  /** What the NBD listener does before it binds its socket. */
  private static void prepareToAccept() {
    EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    new ServerBootstrap()
        .group(eventLoop)
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(EpollChannelOption.TCP_KEEPIDLE, 1)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                throw new IllegalStateException("Nothing listens");
              }
            })
        .register()
        .syncUninterruptibly()
        .channel()
        .close()
        .syncUninterruptibly();
    eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Tomcat's own, but for the network: its only connection is in memory. */
  public static final class Unbound extends Http11NioProtocol {
    private final InMemory endpoint;

    /** For Tomcat. */
    public Unbound() {
      this(new InMemory());
    }

    private Unbound(InMemory endpoint) {
      super(endpoint);
      this.endpoint = endpoint;
    }

    private String answer() throws Exception {
      endpoint.connect();
      return endpoint.answer.get(10, TimeUnit.SECONDS);
    }
  }

  private static final class InMemory extends NioEndpoint {
    private final BlockingQueue<SocketChannel> backlog = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    /**
     * A socket that is not connected is one that can be read from, as far as epoll is concerned.
     */
    private void connect() {
      try {
        backlog.add(SocketChannel.open());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Only opens it. */
    @Override
    protected void initServerSocket() throws IOException {
      ServerSocketChannel.open().close();
    }

    @Override
    protected SocketChannel serverSocketAccept() throws InterruptedException {
      return backlog.take();
    }

    /** At the end, when Tomcat closes whatever it accepts. */
    @Override
    protected void unlockAccept() {
      connect();
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
      return new ReadyRequest(buffers, answer);
    }
  }

  /** Brings a request, and completes the answer when it is closed. One thread at a time uses it. */
  private static final class ReadyRequest extends NioChannel {
    private final ByteBuffer request =
        StandardCharsets.US_ASCII.encode(
            "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    private final StringBuilder response = new StringBuilder();
    private final CompletableFuture<String> answer;

    private ReadyRequest(SocketBufferHandler buffers, CompletableFuture<String> answer) {
      super(buffers);
      this.answer = answer;
    }

    @Override
    public int read(ByteBuffer to) {
      int length = Math.min(request.remaining(), to.remaining());
      to.put(request.slice(request.position(), length));
      request.position(request.position() + length);
      return length;
    }

    @Override
    public int write(ByteBuffer from) {
      int length = from.remaining();
      response.append(StandardCharsets.UTF_8.decode(from));
      return length;
    }

    @Override
    public void close() throws IOException {
      answer.complete(response.toString());
      super.close();
    }
  }
}
