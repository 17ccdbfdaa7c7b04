package dev.sluice.cluster.member;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the REST API of a pod can be. */
public final class ApiUrl {

  private ApiUrl() {}

  /** What a text says; empty if no REST API can be there. */
  static Optional<URI> parse(String text) {
    try {
      return Optional.of(new URI(text)).filter(ApiUrl::isUsable);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Whether paths can be put behind it, and nothing in it is a secret. */
  public static boolean isUsable(@Nullable URI url) {
    return url != null
        && ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }
}
