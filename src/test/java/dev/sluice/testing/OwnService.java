package dev.sluice.testing;

import dev.sluice.SluiceApplication;
import dev.sluice.management.HealthListener;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.NbdServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The whole service within the tests' own process, on free ports: one that all tests share, or one
 * that is configured as a test wants it. This is for what a client, a peer or an operator sees, and
 * for what only beans tell. What is about the process itself (its start, end, memory, user and log)
 * takes the packaged jar, {@link SluiceProcess}.
 */
public final class OwnService implements Sluice, AutoCloseable {

  static {
    PromptWaits.use();
  }

  private static final class Shared {
    static final OwnService SERVICE = with(List.of());
  }

  private final Path root;
  private final ConfigurableApplicationContext context;
  private final ExportsApi api;

  private OwnService(Path root, List<String> properties) {
    this.root = root;
    String[] arguments =
        Stream.concat(
                Stream.of(SluiceProcess.settings(root))
                    .filter(setting -> properties.stream().noneMatch(own -> isSame(own, setting))),
                properties.stream().map(property -> "--" + property))
            .toArray(String[]::new);
    context =
        new SpringApplicationBuilder(SluiceApplication.class)
            .properties("sluice.exports.drain-timeout=0s")
            .run(arguments);
    api = new ExportsApi(port());
  }

  /** Given twice, the two values would be taken for a list. */
  private static boolean isSame(String property, String setting) {
    return setting.startsWith("--" + property.substring(0, property.indexOf('=') + 1));
  }

  /** The one that all tests of this process share; it is started when somebody asks for it. */
  public static Sluice shared() {
    return Shared.SERVICE;
  }

  /** Starts one with these properties, such as {@code sluice.exports.max=1}. */
  public static OwnService with(String... properties) {
    return with(List.of(properties));
  }

  /** Starts one with these properties. */
  public static OwnService with(List<String> properties) {
    return at(Workspace.newPath("root"), properties);
  }

  /** Starts one with these properties and endpoints below a folder. */
  public static OwnService at(Path root, List<String> properties) {
    return new OwnService(root, properties);
  }

  /** Where probes are answered. */
  public URI health(String path) {
    return URI.create("http://127.0.0.1:" + bean(HealthListener.class).port() + path);
  }

  /** Of the REST API. */
  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public boolean has(Class<?> type) {
    return context.getBeanNamesForType(type).length > 0;
  }

  public Scrape scrape() {
    return Scrape.of(port());
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
  public ExportsApi api() {
    return api;
  }

  @Override
  public boolean isRunning() {
    return context.isActive();
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public void close() {
    api.close();
    context.close();
  }
}
