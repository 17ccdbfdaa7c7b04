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
 * A request, as far as it has to be known after its thread has left it.
 *
 * @param query without a ticket
 * @param headers those that another pod has to get: who the caller is, and what it wants
 * @param ticket the secret that opens an export's data, if one came along
 * @param force the parameter of this name
 * @param seesNames whether the caller may learn names and URIs
 * @param location where the export is, as the caller has to write it; for one without a name, where
 *     all are
 * @param client who waits for the answer
 */
record Asking(
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

  /** That of a request whose body nobody has read. */
  static Asking of(HttpServletRequest request, ApiPath path, boolean seesNames) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String name : PASSED_ON) {
      String value = request.getHeader(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    return new Asking(
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

  /** The secret that came with a request. */
  static @Nullable String ticket(HttpServletRequest request) {
    return TicketValve.of(request);
  }

  /** Says nothing of who sends it. */
  @Override
  public String toString() {
    return method + " " + path.text();
  }
}
