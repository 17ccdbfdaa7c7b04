package dev.sluice.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps web pages in a browser of this machine from changing anything where no tokens are needed. A
 * browser tells the origin of a page, and sends JSON for a foreign one only after a preflight
 * request.
 */
final class ForeignPages extends OncePerRequestFilter {

  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final AccessProblems problems;

  ForeignPages(AccessProblems problems) {
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return Permissions.isReading(request) && !Permissions.isForData(request) && !waits(request);
  }

  /**
   * Returns whether the response may take long. The number of such requests is limited, so a
   * foreign page must not use them up.
   */
  private static boolean waits(HttpServletRequest request) {
    return Permissions.isForEvents(request) || request.getParameter("waitFor") != null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (isForeign(request)) {
      problems.refuseForeignPage(request, response);
    } else if (UnexpectedBodies.hasBody(request)
        && !Permissions.isForData(request)
        && !isJson(request.getContentType())) {
      problems.refuseType(
          new HttpMediaTypeNotSupportedException(
              parsed(request.getContentType()), List.of(MediaType.APPLICATION_JSON)),
          request,
          response);
    } else {
      chain.doFilter(request, response);
    }
  }

  private static boolean isForeign(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    String own = request.getScheme() + "://" + request.getHeader(HttpHeaders.HOST);
    return (site != null && !OWN_SITES.contains(site))
        || (origin != null && !origin.equalsIgnoreCase(own));
  }

  private static boolean isJson(@Nullable String type) {
    MediaType parsed = parsed(type);
    return parsed != null
        && parsed.getType().equals("application")
        && (parsed.getSubtype().equals("json") || parsed.getSubtype().endsWith("+json"));
  }

  private static @Nullable MediaType parsed(@Nullable String type) {
    try {
      return type == null ? null : MediaType.parseMediaType(type);
    } catch (InvalidMediaTypeException e) {
      return null;
    }
  }
}
