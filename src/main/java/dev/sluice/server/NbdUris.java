package dev.sluice.server;

import dev.sluice.client.AllowedClients;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.ExportUris;
import dev.sluice.posix.FilePath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/** Builds the URIs by which clients reach an export (the NBD project's doc/uri.md). */
@Component
class NbdUris implements ExportUris {

  private final NbdServer server;
  private final NbdProperties properties;

  /** Computed once, because a machine can have hundreds of interfaces. */
  private final SingletonSupplier<InetAddress> insteadOfWildcard =
      SingletonSupplier.of(AdvertisedHost::ofThisMachine);

  NbdUris(NbdServer server, NbdProperties properties) {
    this.server = server;
    this.properties = properties;
  }

  @Override
  public List<URI> of(ExportSpec export) {
    String exportName = export.name();
    List<URI> uris = new ArrayList<>();
    for (String scheme : schemes(export.clients())) {
      InetSocketAddress bound = server.boundAddress();
      if (bound != null) {
        uris.add(URI.create(scheme + "://" + host(bound) + ":" + port(bound) + "/" + exportName));
      }
      FilePath socket = properties.unixSocketPath();
      if (socket != null && !export.clients().needsAddress()) {
        uris.add(
            URI.create(scheme + "+unix:///" + exportName + "?socket=" + encode(socket.text())));
      }
    }
    return uris;
  }

  /** Returns the schemes that the export's clients can use, the encrypted one first. */
  private List<String> schemes(AllowedClients clients) {
    return switch (properties.tls().mode()) {
      case OFF -> List.of("nbd");
      case ALLOW -> clients.needsCertificate() ? List.of("nbds") : List.of("nbds", "nbd");
      case REQUIRE -> List.of("nbds");
    };
  }

  private String host(InetSocketAddress bound) {
    String advertised = properties.advertisedHost();
    String host = advertised == null ? listenAddress(bound) : advertised;
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private String listenAddress(InetSocketAddress bound) {
    return bound.getAddress().isAnyLocalAddress()
        ? insteadOfWildcard.obtain().getHostAddress()
        : bound.getHostString();
  }

  private int port(InetSocketAddress bound) {
    Integer advertised = properties.advertisedPort();
    return advertised == null ? bound.getPort() : advertised;
  }

  private static String encode(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
