package dev.sluice.access;

import dev.sluice.access.DeniedRequests.Reason;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits the number of concurrent requests. The web server has more threads than that, so health
 * requests are always served. A request that waits asynchronously does not count, since it has no
 * thread.
 */
final class RequestLimit extends OncePerRequestFilter {

  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final int limit;
  private final Semaphore free;
  private final RequestMatcher unlimited;
  private final AccessProblems problems;

  RequestLimit(int limit, RequestMatcher unlimited, AccessProblems problems) {
    this.limit = limit;
    this.free = new Semaphore(limit);
    this.unlimited = unlimited;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return unlimited.matches(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!free.tryAcquire()) {
      problems.refuseFor(
          MOMENT,
          Reason.REQUESTS,
          "%d requests are being answered, and sluice.security.max-requests permits no more"
              .formatted(limit),
          request,
          response);
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      free.release();
    }
  }
}
