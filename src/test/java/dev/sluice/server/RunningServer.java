package dev.sluice.server;

import static dev.sluice.testing.FilePaths.at;

import dev.sluice.SluiceApplication;
import dev.sluice.client.AllowedClients;
import dev.sluice.export.Export;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.ExportSpec;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.handshake.HandshakeFailure;
import dev.sluice.server.transport.Tls;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import dev.sluice.testing.PromptWaits;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** The whole application on free ports, with a folder of its own; closing it removes both. */
public final class RunningServer implements AutoCloseable {

  static {
    PromptWaits.use();
  }

  private final Path root;
  private final ConfigurableApplicationContext context;

  private RunningServer(Path root, ConfigurableApplicationContext context) {
    this.root = root;
    this.context = context;
  }

  public static RunningServer start(String... properties) {
    try {
      Path root = Files.createTempDirectory("sluice-server");
      Map<String, String> arguments = new LinkedHashMap<>();
      for (String property :
          Stream.concat(
                  Stream.of(
                      "server.port=0",
                      "sluice.nbd.port=0",
                      "sluice.nbd.unix-socket=" + root.resolve("nbd.sock"),
                      "sluice.exports.roots=" + root,
                      "sluice.exports.drain-timeout=0s",
                      // Longer than a test waits for a server that has to close by itself.
                      "sluice.nbd.handshake-timeout=1m"),
                  Stream.of(properties))
              .toList()) {
        arguments.put(property.substring(0, property.indexOf('=')), "--" + property);
      }
      return new RunningServer(
          root,
          new SpringApplicationBuilder(SluiceApplication.class)
              .run(arguments.values().toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path(String name) {
    return root.resolve(name);
  }

  public ExportRegistry exports() {
    return context.getBean(ExportRegistry.class);
  }

  NbdServer nbd() {
    return context.getBean(NbdServer.class);
  }

  /** Connections that have failed for a reason so far. */
  double failures(HandshakeFailure reason) {
    return context
        .getBean(MeterRegistry.class)
        .get("sluice.handshake.failures")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .counter()
        .count();
  }

  public NbdProperties properties() {
    return context.getBean(NbdProperties.class);
  }

  <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  NbdUris uris() {
    return context.getBean(NbdUris.class);
  }

  public Tls tls() {
    return context.getBean(Tls.class);
  }

  /** An export whose FIFO has the export's name, and which is not listed. */
  public Export export(String name, Direction direction, long size) {
    return export(name, direction, size, false, AllowedClients.ALL);
  }

  /** As {@link #export}, but listed. */
  public Export listedExport(String name, Direction direction, long size) {
    return listedExport(name, direction, size, AllowedClients.ALL);
  }

  /** As {@link #export}, but listed, and only for some clients. */
  public Export listedExport(String name, Direction direction, long size, AllowedClients clients) {
    return export(name, direction, size, true, clients);
  }

  private Export export(
      String name, Direction direction, long size, boolean listed, AllowedClients clients) {
    OptionalLong declared = size == 0 ? OptionalLong.empty() : OptionalLong.of(size);
    ExportProperties properties = context.getBean(ExportProperties.class);
    StreamSettings settings =
        StreamSettings.of(
            declared,
            properties.reorderWindow().toBytes(),
            Math.toIntExact(properties.headWindow().toBytes()),
            new Timeouts(
                properties.peerTimeout(),
                properties.idleTimeout(),
                properties.resumeTimeout(),
                properties.lifetime(),
                properties.stallTimeout(),
                properties.endTimeout()));
    return exports()
        .create(new ExportSpec(name, at(path(name)), false, listed, clients, direction, settings));
  }

  SocketAddress tcp() {
    return Objects.requireNonNull(nbd().boundAddress());
  }

  SocketAddress unix() {
    return UnixDomainSocketAddress.of(path("nbd.sock"));
  }

  RawNbdClient connect() throws IOException {
    return RawNbdClient.connect(tcp());
  }

  @Override
  public void close() {
    context.close();
    FileSystemUtils.deleteRecursively(root.toFile());
  }
}
