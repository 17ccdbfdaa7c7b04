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
 * Refuses a body where nothing is to be done with it (RFC 9110, section 9.3.1). Spring Boot's
 * actuator reads it all the same, of every method, whole and into memory, before anybody is asked
 * for a token: what comes slowly would hold a thread, and what is long would take all memory.
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

  /** Whether it has one, of whatever length, which may not even be a number. */
  static boolean hasBody(HttpServletRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
        || (length != null && !length.equals("0"));
  }
}
