package dev.sluice.access;

import dev.sluice.access.DeniedRequests.Reason;
import dev.sluice.access.http.TicketValve;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses tokens and tickets from an address that has sent too many wrong ones, without checking
 * them.
 */
final class LoginGuard extends OncePerRequestFilter {

  private final LoginThrottle throttle;
  private final AccessProblems problems;

  LoginGuard(LoginThrottle throttle, AccessProblems problems) {
    this.throttle = throttle;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Duration refused =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null && TicketValve.of(request) == null
            ? Duration.ZERO
            : throttle.refusedFor(AccessProblems.address(request));
    if (refused.isPositive()) {
      problems.refuseFor(
          refused,
          Reason.FAILED_LOGINS,
          "too many wrong tokens came from this address; try again after the time of Retry-After",
          request,
          response);
      return;
    }
    chain.doFilter(request, response);
  }
}
