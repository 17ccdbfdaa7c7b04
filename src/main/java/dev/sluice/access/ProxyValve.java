package dev.sluice.access;

import dev.sluice.export.Network;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * Takes forwarded headers away from whoever is no named proxy. Of a proxy's {@code X-Forwarded-For}
 * it leaves the last address that is no proxy itself: what stands before it the client may have
 * written.
 */
final class ProxyValve extends ValveBase {

  private static final String FOR = "X-Forwarded-For";

  private final List<Network> proxies;

  ProxyValve(List<Network> proxies) {
    super(true);
    this.proxies = List.copyOf(proxies);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    MimeHeaders headers = request.getCoyoteRequest().getMimeHeaders();
    List<String> addresses = addresses(headers);
    boolean trusted = isProxy(request.getRemoteAddr());
    for (String name : forwarded(headers)) {
      // Forwarded (RFC 7239) tells addresses, too, in a way of its own that nothing here reads.
      boolean kept = trusted && !name.equals(FOR) && !name.equals("forwarded");
      if (!kept) {
        headers.removeHeader(name);
      }
    }
    if (trusted && !addresses.isEmpty()) {
      headers.setValue(FOR).setString(client(addresses));
    }
    getNext().invoke(request, response);
  }

  private static List<String> forwarded(MimeHeaders headers) {
    return Collections.list(headers.names()).stream()
        .map(name -> name.equalsIgnoreCase(FOR) ? FOR : name.toLowerCase(Locale.ROOT))
        .filter(
            name -> name.equals(FOR) || name.equals("forwarded") || name.startsWith("x-forwarded-"))
        .distinct()
        .toList();
  }

  private static List<String> addresses(MimeHeaders headers) {
    List<String> all = new ArrayList<>();
    Collections.list(headers.values(FOR))
        .forEach(line -> Stream.of(line.split(",")).map(String::strip).forEach(all::add));
    return all;
  }

  private String client(List<String> addresses) {
    return addresses.reversed().stream()
        .filter(address -> !isProxy(address))
        .findFirst()
        .orElse(addresses.getFirst());
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
