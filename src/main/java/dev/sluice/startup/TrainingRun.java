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
import java.time.Duration;
import java.util.List;
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

  /** With a token, as in every image; Tomcat does not start with a port below 0. */
  private static final List<String> OWN_ARGUMENTS =
      List.of(
          "--server.port=0",
          "--sluice.health.port=-1",
          "--sluice.nbd.port=-1",
          "--sluice.security.tokens=a-token-of-no-service");

  private static final Duration MOST = Duration.ofMinutes(1);

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
      TomcatWebServer tomcat =
          (TomcatWebServer) ((ServletWebServerApplicationContext) context).getWebServer();
      Assert.state(tomcat != null && tomcat.getPort() < 0, "Tomcat listens");
      String answer = ((Unbound) tomcat.getTomcat().getConnector().getProtocolHandler()).answer();
      Assert.state(answer.startsWith("HTTP/1.1 503"), () -> "/readyz answered " + answer);
      Assert.state(AotDetector.useGeneratedArtifacts(), "What Spring prepared was not used");
    }
    prepareToAccept();
  }

  /** What {@code NbdServer.start} does before the socket is bound, as far as it takes classes. */
  private static void prepareToAccept() {
    EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
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
    } finally {
      eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Tomcat's own, but for the network: its only connection is in memory. */
  public static final class Unbound extends Http11NioProtocol {
    /** For Tomcat. */
    public Unbound() {
      super(new InMemory());
    }

    private String answer() throws Exception {
      InMemory endpoint = (InMemory) getEndpoint();
      endpoint.connect();
      return endpoint
          .answer
          .completeOnTimeout("nothing within " + MOST, MOST.toSeconds(), TimeUnit.SECONDS)
          .get();
    }
  }

  private static final class InMemory extends NioEndpoint {
    private final BlockingQueue<SocketChannel> backlog = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    /** Epoll reports a hang-up of a socket that is not connected; Java takes it for readable. */
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

    /** At the end, when Tomcat closes what it accepts. */
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
      int length = request.remaining();
      to.put(request);
      return length == 0 ? -1 : length;
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
