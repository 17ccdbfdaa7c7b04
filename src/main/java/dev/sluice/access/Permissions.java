package dev.sluice.access;

import dev.sluice.access.token.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher.MatchResult;
import org.springframework.stereotype.Component;

/** Knows the role that each request needs. */
@Component
final class Permissions {

  private static final Set<HttpMethod> READING =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static final String NAME = "name";

  private static final List<RequestMatcher> DATA = either("/exports/{name}/data");

  private static final List<RequestMatcher> CONFIRMATIONS = either("/exports/{name}/data/confirm");

  private static final RequestMatcher EVENTS =
      new OrRequestMatcher(
          Stream.of("/exports/events", "/exports/{name}/events")
              .flatMap(path -> either(path).stream())
              .toList());

  private static final String SCRAPES = "prometheus";

  private final RequestMatcher scrapes = EndpointRequest.to(SCRAPES);

  /**
   * Other endpoints of the actuator that can be enabled: memory, threads with names, the
   * environment.
   */
  private final RequestMatcher insides =
      EndpointRequest.toAnyEndpoint()
          .excludingLinks()
          .excluding(SCRAPES, "health", "info", "metrics", "sbom");

  /** Matches a path with and without a trailing slash. */
  private static List<RequestMatcher> either(String path) {
    return Stream.of(path, path + "/")
        .<RequestMatcher>map(PathPatternRequestMatcher.withDefaults()::matcher)
        .toList();
  }

  /** Returns the role that a request needs. */
  Role roleFor(HttpServletRequest request) {
    if (!isReading(request) || insides.matches(request) || isForData(request)) {
      return Role.OPERATOR;
    }
    return scrapes.matches(request) ? Role.METRICS : Role.VIEWER;
  }

  /**
   * Returns whether a request is for the data of an export. Only one peer can get it, so even a GET
   * is not just reading.
   */
  static boolean isForData(HttpServletRequest request) {
    return DATA.stream().anyMatch(path -> path.matches(request));
  }

  /** Returns the name of the export whose data a request is for, or whose data it confirms. */
  static Optional<String> exportOfData(HttpServletRequest request) {
    return Stream.of(DATA, CONFIRMATIONS)
        .flatMap(List::stream)
        .map(path -> path.matcher(request))
        .filter(MatchResult::isMatch)
        .map(found -> found.getVariables().getOrDefault(NAME, ""))
        .findFirst();
  }

  /**
   * Returns whether a request is for events, whose response goes on for as long as the client takes
   * it.
   */
  static boolean isForEvents(HttpServletRequest request) {
    return EVENTS.matches(request);
  }

  /** Returns whether the method is one that changes nothing. */
  static boolean isReading(HttpServletRequest request) {
    return READING.contains(HttpMethod.valueOf(request.getMethod()));
  }
}
