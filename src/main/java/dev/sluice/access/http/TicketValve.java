package dev.sluice.access.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.buf.MessageBytes;
import org.jspecify.annotations.Nullable;

/**
 * Takes the ticket out of a request's query, before anything could log it: Tomcat's access log,
 * Spring at the level DEBUG, a trace.
 */
public final class TicketValve extends ValveBase {

  private static final String TICKET = TicketValve.class.getName();
  private static final String PARAMETER = "ticket=";

  /** A valve. */
  public TicketValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    String query = request.getQueryString();
    if (query != null && query.contains(PARAMETER)) {
      List<String> others = new ArrayList<>();
      for (String parameter : query.split("&", -1)) {
        if (parameter.startsWith(PARAMETER)) {
          request.setAttribute(TICKET, parameter.substring(PARAMETER.length()));
        } else {
          others.add(parameter);
        }
      }
      MessageBytes left = request.getCoyoteRequest().queryString();
      left.recycle(); // or a request that had a ticket alone would end with a question mark
      if (!others.isEmpty()) {
        left.setString(String.join("&", others));
      }
    }
    getNext().invoke(request, response);
  }

  /** The ticket that came with a request; null if there was none. */
  public static @Nullable String of(HttpServletRequest request) {
    return (String) request.getAttribute(TICKET);
  }
}
