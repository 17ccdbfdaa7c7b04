package dev.sluice.access.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.apache.catalina.connector.Request;

/**
 * The path prefix that a proxy removed, for when Tomcat handles forwarded headers: it ignores
 * {@code X-Forwarded-Prefix}. If Spring handles them, it puts the prefix into the context path.
 */
public final class ForwardedPrefix {

  private static final String ATTRIBUTE = ForwardedPrefix.class.getName();

  private ForwardedPrefix() {}

  /**
   * Sets the prefixes that proxies have named, from the outermost to the innermost. Each is a path.
   */
  static void set(Request request, List<String> prefixes) {
    StringBuilder prefix = new StringBuilder();
    for (String each : prefixes) {
      prefix.append(each.endsWith("/") ? each.substring(0, each.length() - 1) : each);
    }
    request.setAttribute(ATTRIBUTE, prefix.toString());
  }

  /** Returns the prefix of a request; empty if there is none. */
  public static String of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof String prefix ? prefix : "";
  }
}
