package dev.sluice.management;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;

/**
 * Responds to every request of the health listener's connector, before filters and authentication.
 * It tells only the status, and no details.
 */
final class HealthValve extends ValveBase {

  private final Connector connector;
  private final ObjectProvider<HealthEndpoint> health;
  private final ObjectProvider<HealthEndpointGroups> groups;

  HealthValve(
      Connector connector,
      ObjectProvider<HealthEndpoint> health,
      ObjectProvider<HealthEndpointGroups> groups) {
    super(true);
    this.connector = connector;
    this.health = health;
    this.groups = groups;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (!connector.equals(request.getConnector())) {
      getNext().invoke(request, response);
      return;
    }
    String method = request.getMethod();
    if (method == null || request.getRequestURI() == null) { // not HTTP
      answer(response, HttpServletResponse.SC_BAD_REQUEST, "");
      return;
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      answer(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "");
      return;
    }
    switch (request.getRequestURI()) {
      case "/livez" -> answerFor("liveness", response);
      case "/readyz" -> answerFor("readiness", response);
      default -> answer(response, HttpServletResponse.SC_NOT_FOUND, "");
    }
  }

  private void answerFor(String name, Response response) throws IOException {
    HealthEndpoint endpoint = health.getIfAvailable();
    HealthEndpointGroups known = groups.getIfAvailable();
    HealthEndpointGroup group = known == null ? null : known.get(name);
    HealthDescriptor found = endpoint == null ? null : endpoint.healthForPath(name);
    if (group == null || found == null) {
      answer(response, HttpServletResponse.SC_NOT_FOUND, "");
      return;
    }
    answer(
        response,
        group.getHttpCodeStatusMapper().getStatusCode(found.getStatus()),
        "{\"status\":\"%s\"}".formatted(found.getStatus().getCode()));
  }

  private static void answer(Response response, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (bytes.length > 0) {
      response.setContentType("application/json");
    }
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
