package dev.sluice.startup;

import dev.sluice.SluiceApplication;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
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

  private static final List<String> LISTENS_NOWHERE =
      List.of("--server.port=-1", "--sluice.nbd.port=-1");

  private static final int NOT_READY = 503;

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
            Stream.concat(Stream.of(args), LISTENS_NOWHERE.stream()).toArray(String[]::new))) {
      int status = get("/readyz", (ServletWebServerApplicationContext) context);
      Assert.state(status == NOT_READY, () -> "/readyz answered " + status);
      Assert.state(AotDetector.useGeneratedArtifacts(), "What Spring prepared was not used");
    }
    // What the NBD listener takes; it is not bound.
    new EpollServerSocketChannel().unsafe().closeForcibly();
  }

  /** Answers a request as Tomcat does once it has been read from a connection. */
  private static int get(String path, ServletWebServerApplicationContext context) throws Exception {
    Request request = new Request();
    Response response = new Response();
    request.setResponse(response);
    response.setRequest(request);
    request.setInputBuffer(new NoBody());
    response.setOutputBuffer(new Discarded());
    request.setMethod("GET");
    request.scheme().setString("http");
    request.serverName().setString("localhost");
    request.protocol().setString("HTTP/1.1");
    request.getMimeHeaders().addValue("host").setString("localhost");
    byte[] uri = path.getBytes(StandardCharsets.US_ASCII);
    request.requestURI().setBytes(uri, 0, uri.length);

    TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
    Connector connector = new Connector();
    connector.setService(server.getTomcat().getService());
    new CoyoteAdapter(connector).service(request, response);
    return response.getStatus();
  }

  /** Tomcat's, but for the port that even a connector without one binds when it starts. */
  public static final class Unbound extends Http11NioProtocol {
    @Override
    public void init() {}

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public void destroy() {}
  }

  private static final class NoBody implements InputBuffer {
    @Override
    public int doRead(ApplicationBufferHandler handler) {
      return -1;
    }

    @Override
    public int available() {
      return 0;
    }
  }

  private static final class Discarded implements OutputBuffer {
    private long written;

    @Override
    public int doWrite(ByteBuffer chunk) {
      int length = chunk.remaining();
      chunk.position(chunk.limit());
      written += length;
      return length;
    }

    @Override
    public long getBytesWritten() {
      return written;
    }
  }
}
