package dev.sluice.cluster.api;

import dev.sluice.access.http.ClientLook;
import dev.sluice.access.http.TicketValve;
import dev.sluice.api.Links;
import dev.sluice.api.request.RequestBytes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A request to the REST API, detached from its servlet thread.
 *
 * @param query the query string without the ticket
 * @param headers those to forward: the caller's credentials, and what it accepts and sends
 * @param ticket the secret that opens an export's data; null if the request has none
 * @param force the query parameter of this name
 * @param seesNames whether the caller may see names and URIs
 * @param location the URL of {@code /exports} as the caller reaches it
 * @param client tells whether the caller is still connected
 */
record ApiCall(
    String method,
    ApiPath path,
    @Nullable String query,
    Map<String, String> headers,
    Body body,
    @Nullable String ticket,
    @Nullable String force,
    boolean seesNames,
    String location,
    ClientLook client) {

  private static final List<String> PASSED_ON =
      List.of(
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.ACCEPT,
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.IF_NONE_MATCH,
          HttpHeaders.USER_AGENT,
          "traceparent",
          "tracestate");

  /** Copies a request, and reads its body. */
  static ApiCall of(HttpServletRequest request, ApiPath path, boolean seesNames)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String name : PASSED_ON) {
      String value = request.getHeader(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    return new ApiCall(
        request.getMethod(),
        path,
        request.getQueryString(),
        headers,
        new Body(RequestBytes.of(request.getInputStream())),
        ticket(request),
        request.getParameter("force"),
        seesNames,
        Links.to("/exports", request),
        ClientLook.current());
  }

  /** Returns the ticket of a request; null if it has none. */
  static @Nullable String ticket(HttpServletRequest request) {
    return TicketValve.of(request);
  }

  /** Leaves out credentials, so that it can be logged. */
  @Override
  public String toString() {
    return method + " " + path.text();
  }
}
