package dev.sluice.testing;

import dev.sluice.SluiceApplication;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.NbdServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service in this process, looked at from outside. */
public final class ObservedService implements AutoCloseable {

  static {
    PromptWaits.use();
  }

  private static final String DRAIN = "sluice.exports.drain-timeout=";

  private final Path root;
  private final ConfigurableApplicationContext context;
  private final int port;
  private final ExportsApi api;

  private ObservedService(Path root, ConfigurableApplicationContext context) {
    this.root = root;
    this.context = context;
    this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    this.api = new ExportsApi(port);
  }

  public static ObservedService start(String... properties) {
    Path root = Workspace.newPath("root");
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--sluice.nbd.port=0");
    arguments.add("--sluice.exports.roots=" + root);
    if (Stream.of(properties).noneMatch(property -> property.startsWith(DRAIN))) {
      arguments.add("--" + DRAIN + "0");
    }
    for (String property : properties) {
      arguments.add("--" + property);
    }
    return new ObservedService(
        root,
        new SpringApplicationBuilder(SluiceApplication.class)
            .run(arguments.toArray(String[]::new)));
  }

  public int port() {
    return port;
  }

  public ExportsApi api() {
    return api;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public boolean has(Class<?> type) {
    return context.getBeanNamesForType(type).length > 0;
  }

  public Scrape scrape() {
    return Scrape.of(port);
  }

  public ExportDocument create(String name, String direction, long size) {
    return api.create(name, root.resolve(name), direction, size, Map.of());
  }

  public InetSocketAddress nbd() {
    return Objects.requireNonNull(bean(NbdServer.class).boundAddress());
  }

  public RawNbdClient connect() throws IOException {
    return RawNbdClient.connect(nbd());
  }

  /** A peer that reads the FIFO of an export to its end. */
  public CompletableFuture<byte[]> peerReads(String name) {
    CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (InputStream in = Files.newInputStream(root.resolve(name))) {
                bytes.complete(in.readAllBytes());
              } catch (IOException e) {
                bytes.completeExceptionally(e);
              }
            });
    return bytes.orTimeout(20, TimeUnit.SECONDS);
  }

  /** Streams so many zeroes through a new write export. */
  public ExportDocument stream(String name, int bytes) throws Exception {
    create(name, "write", bytes);
    CompletableFuture<byte[]> peer = peerReads(name);
    try (RawNbdClient client = connect()) {
      client.go(name);
      client.write(0, new byte[bytes]);
      client.disconnect();
    }
    peer.get();
    return api.awaitState(name, "COMPLETED");
  }

  @Override
  public void close() {
    api.close();
    context.close();
  }
}
