package dev.sluice.api;

import dev.sluice.access.http.ForwardedPrefix;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;

/**
 * Where things are, for whoever sends a request. A link has no host, so that it is right after any
 * proxy; it has the prefix that a proxy took off, if forwarded headers are heeded.
 */
public final class Links {

  private Links() {}

  /** A path of the API, such as {@code /exports}, as whoever sends this request has to write it. */
  public static String to(String path, HttpServletRequest request) {
    return ForwardedPrefix.of(request) + request.getContextPath() + path;
  }

  /** An export; its name needs no escape. */
  static URI toExport(String name, HttpServletRequest request) {
    return URI.create(to("/exports/" + name, request));
  }
}
