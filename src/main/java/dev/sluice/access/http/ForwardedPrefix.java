package dev.sluice.access.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.apache.catalina.connector.Request;

/**
 * What a proxy took off the path of a request, where Tomcat heeds forwarded headers: it knows no
 * {@code X-Forwarded-Prefix}. Spring puts the prefix before the context path instead.
 */
public final class ForwardedPrefix {

  private static final String ATTRIBUTE = ForwardedPrefix.class.getName();

  private ForwardedPrefix() {}

  /** A proxy has named these, from the outside to the inside; each is a path. */
  static void set(Request request, List<String> prefixes) {
    StringBuilder prefix = new StringBuilder();
    for (String each : prefixes) {
      prefix.append(each.endsWith("/") ? each.substring(0, each.length() - 1) : each);
    }
    request.setAttribute(ATTRIBUTE, prefix.toString());
  }

  /** That of a request; empty if there is none. */
  public static String of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof String prefix ? prefix : "";
  }
}
