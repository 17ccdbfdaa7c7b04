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

/** Which role a request needs that needs one at all. */
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

  /** What the actuator can be told to show besides: memory, threads with names, the environment. */
  private final RequestMatcher insides =
      EndpointRequest.toAnyEndpoint()
          .excludingLinks()
          .excluding(SCRAPES, "health", "info", "metrics", "sbom");

  /** A path, with a slash at its end and without one. */
  private static List<RequestMatcher> either(String path) {
    return Stream.of(path, path + "/")
        .<RequestMatcher>map(PathPatternRequestMatcher.withDefaults()::matcher)
        .toList();
  }

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
    return DATA.stream().anyMatch(path -> path.matches(request));
  }

  /** The name of the export whose data it is for, or whose data it confirms. */
  static Optional<String> exportOfData(HttpServletRequest request) {
    return Stream.of(DATA, CONFIRMATIONS)
        .flatMap(List::stream)
        .map(path -> path.matcher(request))
        .filter(MatchResult::isMatch)
        .map(found -> found.getVariables().getOrDefault(NAME, ""))
        .findFirst();
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
