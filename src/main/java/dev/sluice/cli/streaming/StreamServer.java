package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.streaming.ServerOptions.Address;
import dev.sluice.client.ClientIdentification;
import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.EndpointFactory;
import dev.sluice.endpoint.EndpointRoots;
import dev.sluice.endpoint.Endpoints;
import dev.sluice.endpoint.RefusedEndpointException;
import dev.sluice.endpoint.StandardPipe;
import dev.sluice.export.Export;
import dev.sluice.export.ExportChanges;
import dev.sluice.export.ExportFollower;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.ExportRules;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.StreamFactory;
import dev.sluice.posix.FilePath;
import dev.sluice.server.NbdProperties;
import dev.sluice.server.NbdServer;
import dev.sluice.server.ServerObserver;
import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.transport.Tls;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** An NBD server with one export, built from the parts of the service. */
final class StreamServer implements AutoCloseable {

  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);

  /**
   * Window memory in bytes. The limit is higher if the options need more. It costs nothing until it
   * is used.
   */
  private static final long WINDOW_MEMORY = 512L << 20;

  private static final String OWN_USER = "0600";

  private final StreamFactory streams;
  private final ExportRegistry exports;
  private final NbdServer nbd;
  private final Tls tls;
  private final Export export;

  private StreamServer(
      StreamFactory streams, ExportRegistry exports, NbdServer nbd, Tls tls, Export export) {
    this.streams = streams;
    this.exports = exports;
    this.nbd = nbd;
    this.tls = tls;
    this.export = export;
  }

  /** Fails if the settings of an export contradict each other. */
  static void requireSense(ExportSpec spec) {
    List<ExportRules.Complaint> complaints =
        new ExportRules(properties(spec.settings()), new AnyClient()).check(spec);
    if (!complaints.isEmpty()) {
      ExportRules.Complaint first = complaints.getFirst();
      throw new UsageException("%s: %s".formatted(option(first.field()), first.text()));
    }
  }

  /** Returns the option that sets a field. */
  private static String option(String field) {
    return "--" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /**
   * Starts a server, and returns when clients can connect.
   *
   * @param standard whether the pipe is this process's standard input or output
   * @throws FailedException when the pipe cannot be used
   */
  static StreamServer start(
      ExportSpec spec, boolean standard, Address address, TlsOptions tlsOptions) {
    ExportProperties properties = properties(spec.settings());
    NbdProperties listener = listener(address, tlsOptions);
    Tls tls = new Tls(listener.tls(), HANDSHAKE, () -> StreamTls.bundles(tlsOptions));
    StreamFactory streams = null;
    ExportRegistry exports = null;
    NbdServer nbd = null;
    boolean started = false;
    try {
      streams =
          new StreamFactory(
              standard ? standardPipe(spec) : endpoints(Objects.requireNonNull(spec.path())),
              new WindowMemory(properties.windowMemory().toBytes()),
              StreamObserver.NONE,
              ExportFollower.NONE);
      exports = new ExportRegistry(properties, streams, /* anyName= */ true);
      Export export = exports.create(spec);
      nbd = new NbdServer(listener, exports, Elsewhere.NOWHERE, tls, ServerObserver.NONE);
      nbd.start();
      started = true;
      return new StreamServer(streams, exports, nbd, tls, export);
    } finally {
      if (!started) {
        close(nbd, exports, streams, tls);
      }
    }
  }

  private static Endpoints standardPipe(ExportSpec spec) {
    boolean write = spec.direction() == Direction.WRITE;
    try {
      return StandardPipe.take(write ? Flow.TO_PEER : Flow.FROM_PEER);
    } catch (RefusedEndpointException e) {
      throw new FailedException(
          "standard %s: %s".formatted(write ? "output" : "input", e.getMessage()), e);
    }
  }

  private static Endpoints endpoints(FilePath pipe) {
    try {
      int permissions = Integer.parseInt(OWN_USER, 8);
      return new EndpointFactory(EndpointRoots.shared(pipe.parent()), permissions, null);
    } catch (IOException e) {
      throw new FailedException(
          "%s: its folder cannot be used: %s".formatted(pipe, e.getMessage()), e);
    }
  }

  private static ExportProperties properties(StreamSettings settings) {
    return new ExportProperties(
        List.of("/"),
        OWN_USER,
        null,
        /* listed= */ true,
        DataSize.ofBytes(settings.reorderWindow()),
        DataSize.ofBytes(settings.headWindow()),
        DataSize.ofBytes(settings.resumeWindow()),
        settings.copy(),
        settings.timeouts().peer(),
        settings.timeouts().idle(),
        settings.timeouts().resume(),
        settings.timeouts().lifetime(),
        settings.timeouts().stall(),
        settings.timeouts().end(),
        /* finishWait= */ Duration.ZERO,
        DataSize.ofBytes(Math.max(WINDOW_MEMORY, settings.mostMemory())),
        /* windowShare= */ 100,
        /* drainTimeout= */ Duration.ZERO,
        /* drainLinger= */ Duration.ZERO,
        /* dataStreams= */ 1,
        /* max= */ 1,
        /* keepEnded= */ 1,
        /* retention= */ Duration.ZERO,
        ExportProperties.NO_STORE);
  }

  static NbdProperties listener(Address address, TlsOptions tls) {
    return new NbdProperties(
        address instanceof Address.Tcp tcp ? tcp.host() : "localhost",
        address instanceof Address.Tcp tcp ? tcp.port() : -1,
        address instanceof Address.Unix unix ? String.valueOf(unix.socket()) : null,
        OWN_USER,
        null,
        null,
        null,
        StreamTls.properties(tls),
        HANDSHAKE,
        KEEP_ALIVE,
        /* maxConnections= */ 1024,
        /* maxConnectionsPerAddress= */ 256,
        /* maxConnectionsPerExport= */ 16,
        /* maxOptions= */ 8192,
        /* maxOptionsPerSecond= */ 500,
        /* maxOptionLength= */ DataSize.ofKilobytes(64));
  }

  /** Returns its export. */
  Export export() {
    return export;
  }

  /** Returns the object that wakes threads when the stream changes. */
  ExportChanges changes() {
    return exports.changes();
  }

  /** Returns the TCP port that it listens on; 0 if it listens on a Unix socket. */
  int port() {
    return Optional.ofNullable(nbd.boundAddress()).map(InetSocketAddress::getPort).orElse(0);
  }

  /** Stops listening. Clients that are attached stay. */
  void stopListening() {
    nbd.stop();
  }

  /** Ends the stream if it has not ended, and removes the files that it created. */
  @Override
  public void close() {
    close(nbd, exports, streams, tls);
  }

  private static void close(
      @Nullable NbdServer nbd,
      @Nullable ExportRegistry exports,
      @Nullable StreamFactory streams,
      Tls tls) {
    if (nbd != null) {
      nbd.stop();
    }
    if (exports != null) {
      exports.stop();
    }
    if (nbd != null) {
      nbd.close();
    }
    if (streams != null) {
      streams.close();
    }
    tls.close();
  }

  /** Identifies no client, since all clients may use the export. */
  private static final class AnyClient implements ClientIdentification {

    @Override
    public Optional<String> whyNoCertificate() {
      return Optional.empty();
    }

    @Override
    public Optional<String> whyNoAddress() {
      return Optional.empty();
    }
  }
}
