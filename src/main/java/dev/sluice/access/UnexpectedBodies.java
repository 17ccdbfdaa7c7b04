package dev.sluice.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body with a method that has none (RFC 9110, section 9.3.1). Spring Boot's actuator
 * reads the body with every method, whole and into memory, before authentication: a slow one would
 * hold a thread, and a long one would use up the memory.
 */
final class UnexpectedBodies extends OncePerRequestFilter {

  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH", "DELETE");

  private final AccessProblems problems;

  UnexpectedBodies(AccessProblems problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (WITH_BODY.contains(request.getMethod()) || !hasBody(request)) {
      chain.doFilter(request, response);
    } else {
      problems.refuseBody(request, response);
    }
  }

  /** Returns whether a request has a body of any length, even an invalid one. */
  static boolean hasBody(HttpServletRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
        || (length != null && !length.equals("0"));
  }
}
