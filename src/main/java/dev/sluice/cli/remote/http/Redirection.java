package dev.sluice.cli.remote.http;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a stream's data is, by the word of a pod that does not have it. That is believed once, and
 * gives away no more than it has to.
 */
final class Redirection {

  private static final int TEMPORARY = 307;
  private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443);

  private Redirection() {}

  /**
   * Where to ask instead; empty if the response is no such word.
   *
   * @throws ServiceException when nobody should ask there
   */
  static Optional<URI> of(HttpResponse<?> response) {
    String location = response.headers().firstValue("Location").orElse("");
    if (response.statusCode() != TEMPORARY || location.isEmpty()) {
      return Optional.empty();
    }
    URI asked = response.uri();
    URI target;
    try {
      target = asked.resolve(location);
    } catch (IllegalArgumentException e) {
      throw refused(asked, location, "which is no address");
    }
    if (!PORTS.containsKey(scheme(target)) || target.getHost() == null) {
      throw refused(asked, location, "which is no address by http or https");
    }
    if (target.getRawUserInfo() != null || target.getRawFragment() != null) {
      throw refused(asked, location, "which has a name, a password or a fragment");
    }
    if (scheme(asked).equals("https") && !scheme(target).equals("https")) {
      throw refused(asked, location, "which is not encrypted, as this is");
    }
    return Optional.of(target);
  }

  private static ServiceException refused(URI asked, String location, String why) {
    return ServiceException.distrusted(
        "%s says that the data is at %s, %s; nothing is sent there"
            .formatted(server(asked), location, why));
  }

  /** Whether both are the same server, which knows a token that either was sent. */
  static boolean isSameServer(URI one, URI other) {
    return server(one).equals(server(other));
  }

  /** The address of a server, without what it is asked for. */
  static String server(URI uri) {
    int port = uri.getPort() >= 0 ? uri.getPort() : PORTS.getOrDefault(scheme(uri), -1);
    return "%s://%s:%d".formatted(scheme(uri), uri.getHost().toLowerCase(Locale.ROOT), port);
  }

  private static String scheme(URI uri) {
    return String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
  }
}
