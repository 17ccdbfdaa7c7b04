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
 * Removes the ticket from a request's query before anything can log it: Tomcat's access log, Spring
 * at level DEBUG, or a trace.
 */
public final class TicketValve extends ValveBase {

  private static final String TICKET = TicketValve.class.getName();
  private static final String PARAMETER = "ticket=";

  /** Creates a valve. */
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
      left.recycle(); // otherwise a query that was only a ticket would leave a question mark
      if (!others.isEmpty()) {
        left.setString(String.join("&", others));
      }
    }
    getNext().invoke(request, response);
  }

  /** Returns the ticket of a request; null if it had none. */
  public static @Nullable String of(HttpServletRequest request) {
    return (String) request.getAttribute(TICKET);
  }
}
