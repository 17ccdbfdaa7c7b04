package dev.sluice.access.http;

import dev.sluice.client.Network;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.http.MimeHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Removes forwarded headers from requests that do not come from a configured proxy. In a proxy's
 * {@code X-Forwarded-For}, it leaves only the last address that is not a proxy itself: the client
 * may have written those before it.
 */
public final class ProxyValve extends ValveBase {

  private static final String FOR = "X-Forwarded-For";

  private static final String VIA = "Via";

  /** The attribute with the name of a header that was removed. */
  private static final String REMOVED = ProxyValve.class.getName();

  /**
   * Headers that a proxy may pass on from its client, with the form that Spring needs: it fails at
   * any other.
   */
  private static final Map<String, Pattern> FORMS =
      Map.of(
          "x-forwarded-proto", Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*"),
          "x-forwarded-host", Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?"),
          "x-forwarded-port", Pattern.compile("[0-9]{1,5}"),
          "x-forwarded-prefix", Pattern.compile("(/[A-Za-z0-9._~-]+)*/?"));

  private static final Pattern ADDRESS = Pattern.compile("\\[?[0-9A-Za-z.:%_-]+]?");

  private static final String PREFIX = "x-forwarded-prefix";

  private final List<Network> proxies;
  private final boolean tellsPrefix;

  /**
   * Creates a valve.
   *
   * @param proxies whose forwarded headers are trusted
   * @param tellsPrefix whether to handle {@code X-Forwarded-Prefix}, because nothing later does
   */
  public ProxyValve(List<Network> proxies, boolean tellsPrefix) {
    super(true);
    this.proxies = List.copyOf(proxies);
    this.tellsPrefix = tellsPrefix;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    MimeHeaders headers = request.getCoyoteRequest().getMimeHeaders();
    List<String> addresses = values(headers, FOR);
    boolean trusted = isProxy(request.getRemoteAddr());
    for (String name : forwarded(headers)) {
      request.setAttribute(REMOVED, name);
      // Forwarded (RFC 7239) has addresses too, but nothing here reads it.
      boolean kept =
          trusted
              && !name.equals(FOR)
              && !name.equals("forwarded")
              && hasForm(FORMS.get(name), values(headers, name));
      if (!kept) {
        headers.removeHeader(name);
      } else if (tellsPrefix && name.equals(PREFIX)) {
        ForwardedPrefix.set(request, values(headers, name));
      }
    }
    if (trusted && !addresses.isEmpty()) {
      headers.setValue(FOR).setString(client(addresses));
    }
    getNext().invoke(request, response);
  }

  /**
   * Returns a header that shows that a proxy forwarded the request. Null proves nothing: a proxy
   * may leave no trace.
   */
  public static @Nullable String trace(HttpServletRequest request) {
    if (request.getAttribute(REMOVED) instanceof String name) {
      return name;
    }
    return Collections.list(request.getHeaderNames()).stream()
        .filter(name -> name.equalsIgnoreCase(VIA) || isForwarded(name))
        .findFirst()
        .orElse(null);
  }

  private static boolean isForwarded(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return name.equals("forwarded") || name.startsWith("x-forwarded-");
  }

  private static List<String> forwarded(MimeHeaders headers) {
    return Collections.list(headers.names()).stream()
        .filter(ProxyValve::isForwarded)
        .map(name -> name.equalsIgnoreCase(FOR) ? FOR : name.toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  private static List<String> values(MimeHeaders headers, String name) {
    List<String> all = new ArrayList<>();
    Collections.list(headers.values(name))
        .forEach(line -> Stream.of(line.split(",")).map(String::strip).forEach(all::add));
    return all;
  }

  private static boolean hasForm(@Nullable Pattern form, List<String> values) {
    return form == null
        || (!values.isEmpty() && values.stream().allMatch(value -> form.matcher(value).matches()));
  }

  private String client(List<String> addresses) {
    String client =
        addresses.reversed().stream()
            .filter(address -> !isProxy(address))
            .findFirst()
            .orElse(addresses.getFirst());
    return ADDRESS.matcher(client).matches() ? client : "unknown";
  }

  private boolean isProxy(String address) {
    try {
      InetAddress literal = InetAddress.ofLiteral(address);
      return proxies.stream().anyMatch(network -> network.contains(literal));
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }
}
