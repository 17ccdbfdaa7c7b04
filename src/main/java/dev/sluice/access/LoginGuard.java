package dev.sluice.access;

import dev.sluice.access.Refusals.Reason;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets no token be tried that comes from an address which had too many wrong ones. */
final class LoginGuard extends OncePerRequestFilter {

  private final LoginThrottle throttle;
  private final Refuser refuser;

  LoginGuard(LoginThrottle throttle, Refuser refuser) {
    this.throttle = throttle;
    this.refuser = refuser;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Duration refused =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? Duration.ZERO
            : throttle.refusedFor(Refuser.address(request));
    if (refused.isPositive()) {
      refuser.refuseFor(
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
