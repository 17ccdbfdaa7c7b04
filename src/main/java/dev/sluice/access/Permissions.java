package dev.sluice.access;

import dev.sluice.access.token.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;

/** Which role a request needs that needs one at all. */
@Component
final class Permissions {

  private static final Set<HttpMethod> READING =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static final RequestMatcher DATA =
      new OrRequestMatcher(
          PathPatternRequestMatcher.withDefaults().matcher("/exports/{name}/data"),
          PathPatternRequestMatcher.withDefaults().matcher("/exports/{name}/data/"));

  private static final RequestMatcher EVENTS =
      new OrRequestMatcher(
          PathPatternRequestMatcher.withDefaults().matcher("/exports/events"),
          PathPatternRequestMatcher.withDefaults().matcher("/exports/events/"),
          PathPatternRequestMatcher.withDefaults().matcher("/exports/{name}/events"),
          PathPatternRequestMatcher.withDefaults().matcher("/exports/{name}/events/"));

  private static final String SCRAPES = "prometheus";

  private final RequestMatcher scrapes = EndpointRequest.to(SCRAPES);

  /** What the actuator can be told to show besides: memory, threads with names, the environment. */
  private final RequestMatcher insides =
      EndpointRequest.toAnyEndpoint()
          .excludingLinks()
          .excluding(SCRAPES, "health", "info", "metrics", "sbom");

  /** What a request needs. */
  Role roleFor(HttpServletRequest request) {
    if (!isReading(request) || insides.matches(request) || isForData(request)) {
      return Role.OPERATOR;
    }
    return scrapes.matches(request) ? Role.METRICS : Role.VIEWER;
  }

  /**
   * Whether it is for the data of an export, which nobody else has then, though it may be a GET.
   */
  static boolean isForData(HttpServletRequest request) {
    return DATA.matches(request);
  }

  /** Whether it is for events, which come as long as somebody takes them. */
  static boolean isForEvents(HttpServletRequest request) {
    return EVENTS.matches(request);
  }

  /** Whether its method is one that changes nothing. */
  static boolean isReading(HttpServletRequest request) {
    return READING.contains(HttpMethod.valueOf(request.getMethod()));
  }
}
