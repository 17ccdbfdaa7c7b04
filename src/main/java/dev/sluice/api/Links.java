package dev.sluice.api;

import dev.sluice.access.http.ForwardedPrefix;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;

/**
 * Links for the client that sent a request. A link has no host, so that it is correct behind any
 * proxy. It begins with the prefix that a proxy removed, if forwarded headers are trusted.
 */
public final class Links {

  private Links() {}

  /** Returns a path of the API, such as {@code /exports}, as this client reaches it. */
  public static String to(String path, HttpServletRequest request) {
    return ForwardedPrefix.of(request) + request.getContextPath() + path;
  }

  /** Returns the path of an export. Its name needs no escaping. */
  static URI toExport(String name, HttpServletRequest request) {
    return URI.create(to("/exports/" + name, request));
  }
}
