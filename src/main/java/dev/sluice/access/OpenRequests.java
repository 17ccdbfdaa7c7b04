package dev.sluice.access;

import dev.sluice.api.page.DescriptionProperties;
import dev.sluice.api.problem.ProblemType;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;

/** Requests that need no token. */
@Component
final class OpenRequests {

  private final RequestMatcher always;
  private final RequestMatcher all;

  OpenRequests(DescriptionProperties description) {
    // The root, problem types, and health. The first two are the same for everybody.
    always =
        new OrRequestMatcher(
            reading("/"),
            reading(ProblemType.PATH + "{type}"),
            new AndRequestMatcher(
                Permissions::isReading,
                new OrRequestMatcher(
                    EndpointRequest.to(HealthEndpoint.class),
                    EndpointRequest.toAdditionalPaths(
                        WebServerNamespace.SERVER, HealthEndpoint.class))));
    // A browser sends no token when it loads a page, and the files have no secrets.
    RequestMatcher files = new OrRequestMatcher(always, reading(DescriptionProperties.PAGE + "**"));
    all =
        description.ui()
            ? new OrRequestMatcher(
                files, reading(DescriptionProperties.UI + "*"), reading(DescriptionProperties.PATH))
            : files;
  }

  private static RequestMatcher reading(String path) {
    return new OrRequestMatcher(
        PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.GET, path),
        PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.HEAD, path));
  }

  /** Returns the matcher of all of them. */
  RequestMatcher all() {
    return all;
  }

  /**
   * Returns the matcher of those that are short, and so are served even beyond the limit of
   * requests.
   */
  RequestMatcher always() {
    return always;
  }
}
