package dev.sluice.server;

import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.server.relay.Place;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two pods that know each other, without Kubernetes: clients come to the one, and exports are at
 * the other. Each has a listener of its own beside that of its service.
 */
final class TwoPods implements AutoCloseable {

  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** A pod as the other one knows it. */
  final class Pod implements Entrance.Others, AutoCloseable {

    final String name;
    final RunningServer service;
    final Entrance entrance;
    final NbdServer nbd;

    /** What others are told of its address instead of the truth, if that is not null. */
    @Nullable InetSocketAddress told;

    boolean reachable = true;

    Pod(String name, int maxRelays, String... properties) {
      this.name = name;
      service =
          RunningServer.start(
              Stream.concat(Stream.of("sluice.exports.drain-timeout=0s"), Stream.of(properties))
                  .toArray(String[]::new));
      entrance = new Entrance("127.0.0.1", maxRelays);
      entrance.open(this);
      nbd =
          new NbdServer(
              anyPort(service.properties()),
              service.exports(),
              entrance,
              service.tls(),
              ServerObserver.NONE);
      nbd.start();
    }

    InetSocketAddress address() {
      return Objects.requireNonNull(nbd.boundAddress());
    }

    boolean has(String export) {
      return service
          .exports()
          .find(export)
          .filter(it -> !it.stream().status().state().ended())
          .isPresent();
    }

    @Override
    public String self() {
      return name;
    }

    /** Each takes the other one for the owner of what is in neither. */
    @Override
    public Optional<Place> find(String export) {
      Pod other = other();
      if (!other.has(export) && !export.equals("ghost")) {
        return Optional.empty();
      }
      String uri = "nbds://%s.example:10809/%s".formatted(other.name, export);
      InetSocketAddress at = other.told == null ? other.address() : other.told;
      return Optional.of(new Place(export, other.name, other.reachable ? at : null, List.of(uri)));
    }

    @Override
    public Optional<String> keyOf(String pod) {
      return pod.equals(other().name)
          ? Optional.ofNullable(other().entrance.notes("address", "key").get("key"))
          : Optional.empty();
    }

    private Pod other() {
      return this == entrancePod ? ownerPod : entrancePod;
    }

    @Override
    public void close() {
      nbd.close();
      service.close();
    }
  }

  /** Where clients come to. */
  final Pod entrancePod;

  /** Where exports are. */
  final Pod ownerPod;

  TwoPods(int maxRelays, List<String> entranceProperties, List<String> ownerProperties) {
    entrancePod = new Pod("sluice-0.aa", maxRelays, entranceProperties.toArray(String[]::new));
    ownerPod = new Pod("sluice-1.bb", maxRelays, ownerProperties.toArray(String[]::new));
  }

  TwoPods() {
    this(256, List.of(), List.of());
  }

  RunningServer owner() {
    return ownerPod.service;
  }

  InetSocketAddress entrance() {
    return entrancePod.address();
  }

  /** Forgets all exports, and waits until nothing is left of their clients. */
  void forgetExports() {
    owner().exports().list().forEach(export -> owner().exports().delete(export.name(), true));
    await().until(entrancePod.nbd.relays()::count, count -> count == 0);
    await().until(entrancePod.nbd::connectionCount, count -> count == 0);
    await().until(ownerPod.nbd::connectionCount, count -> count == 0);
  }

  private static NbdProperties anyPort(NbdProperties from) {
    return new NbdProperties(
        "127.0.0.1",
        0,
        null,
        from.unixSocketMode(),
        null,
        null,
        null,
        from.tls(),
        from.handshakeTimeout(),
        from.keepAlive(),
        from.maxConnections(),
        from.maxConnectionsPerAddress(),
        from.maxConnectionsPerExport(),
        from.maxOptions(),
        from.maxOptionsPerSecond(),
        from.maxOptionLength());
  }

  @Override
  public void close() {
    entrancePod.close();
    ownerPod.close();
  }
}
