package dev.sluice.access;

import dev.sluice.access.DeniedRequests.Reason;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.logging.LinePerMinute;
import dev.sluice.logging.LogContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.access.BearerTokenAccessDeniedHandler;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Responds to requests that the filters refuse: with a problem, as controllers do, and the headers
 * of RFC 6750 (Bearer Token Usage) and RFC 6585 (429 Too Many Requests).
 */
@Component
final class AccessProblems
    implements AuthenticationEntryPoint, AccessDeniedHandler, RequestRejectedHandler {

  private static final Logger log = LoggerFactory.getLogger(AccessProblems.class);

  private static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");

  private final AccessDeniedHandler denial = new BearerTokenAccessDeniedHandler();
  private final HandlerExceptionResolver resolver;
  private final DeniedRequests denied;
  private final LoginThrottle throttle;
  private final Permissions permissions;
  private final LinePerMinute uncheckable = new LinePerMinute();
  private final LinePerMinute refused = new LinePerMinute();

  AccessProblems(
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver,
      DeniedRequests denied,
      LoginThrottle throttle,
      Permissions permissions) {
    this.resolver = resolver;
    this.denied = denied;
    this.throttle = throttle;
    this.permissions = permissions;
  }

  /**
   * Responds to a request that is not authenticated: 401, or 503 if the token cannot be checked
   * now.
   */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
      throws IOException, ServletException {
    if (why instanceof AuthenticationServiceException) {
      String before = uncheckable.take();
      if (before != null) {
        log.warn("A token cannot be checked: {}{}", LogContext.oneLine(root(why)), before);
      }
      denied.add(Reason.UNCHECKED_TOKEN);
      noteFailure(address(request)); // also limits clients that keep the provider busy
      answer(request, response, ProblemType.UNAVAILABLE, "the token cannot be checked now");
      return;
    }
    boolean presented = why instanceof OAuth2AuthenticationException;
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE, presented ? "Bearer error=\"invalid_token\"" : "Bearer");
    denied.add(presented ? Reason.WRONG_TOKEN : Reason.NO_TOKEN);
    if (presented) {
      noteFailure(address(request));
    }
    answer(
        request,
        response,
        ProblemType.NO_VALID_TOKEN,
        presented
            ? "the bearer token is not valid"
            : "a token is needed; expected a header \"Authorization: Bearer TOKEN\"");
  }

  private static String root(Throwable why) {
    Throwable cause = why.getCause();
    return cause == null ? why.toString() : root(cause);
  }

  private void noteFailure(InetAddress address) {
    String before = throttle.failed(address) ? refused.take() : null;
    if (before != null) {
      log.warn(
          "So many wrong tokens came from {} that it is refused for {} s{}",
          address.getHostAddress(),
          throttle.refusedFor(address).toSeconds(),
          before);
    }
  }

  /** Responds to a request whose caller lacks the role: 403. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
      throws IOException, ServletException {
    denial.handle(request, response, why);
    denied.add(Reason.FORBIDDEN);
    answer(
        request,
        response,
        ProblemType.NOT_PERMITTED,
        "the token does not permit it; expected one of the role %s"
            .formatted(permissions.roleFor(request).word()));
  }

  /**
   * Responds to a request that looks like an attack: 400. It does not say what is wrong, since that
   * may be next to a token.
   */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, RequestRejectedException why) {
    answer(
        request,
        response,
        ProblemType.BAD_REQUEST,
        "its path or one of its headers has characters that are not permitted, or it asks for"
            + " another host (without authentication expected localhost or a loopback address)");
  }

  /** Responds to a request beyond a limit: 429. */
  void refuseFor(
      Duration time,
      Reason reason,
      String detail,
      HttpServletRequest request,
      HttpServletResponse response) {
    denied.add(reason);
    response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, time.toSeconds())));
    answer(
        request,
        response,
        reason == Reason.FAILED_LOGINS
            ? ProblemType.TOO_MANY_WRONG_TOKENS
            : ProblemType.TOO_MANY_REQUESTS,
        detail);
  }

  /** Responds to a ticket that does not open the path: 401. */
  void refuseTicket(HttpServletRequest request, HttpServletResponse response) {
    denied.add(Reason.WRONG_TOKEN);
    noteFailure(address(request));
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    answer(
        request,
        response,
        ProblemType.NO_VALID_TOKEN,
        "the ticket is not valid; expected that of this export, and a path below …/data");
  }

  /** Responds to a browser that sent the request for a page of another site: 403. */
  void refuseForeignPage(HttpServletRequest request, HttpServletResponse response) {
    denied.add(Reason.FORBIDDEN);
    answer(
        request,
        response,
        ProblemType.FOREIGN_PAGE,
        "a page of another site may change nothing here (its Origin or Sec-Fetch-Site says so)");
  }

  /** Responds to a body where none is expected: 400. */
  void refuseBody(HttpServletRequest request, HttpServletResponse response) {
    answer(
        request,
        response,
        ProblemType.BAD_REQUEST,
        "a %s takes no body".formatted(request.getMethod()));
  }

  /** Responds to a body that is not JSON: 415. */
  void refuseType(Exception why, HttpServletRequest request, HttpServletResponse response) {
    denied.add(Reason.FORBIDDEN);
    response.setHeader(HttpHeaders.CONNECTION, "close");
    resolver.resolveException(request, response, null, why);
  }

  private void answer(
      HttpServletRequest request, HttpServletResponse response, ProblemType type, String detail) {
    // Pipelined requests, and responses that the client does not read, would hold a thread.
    response.setHeader(HttpHeaders.CONNECTION, "close");
    resolver.resolveException(request, response, null, new ProblemException(type, detail));
  }

  /** Returns the address that a request came from; 0.0.0.0 for all whose proxy did not name one. */
  static InetAddress address(HttpServletRequest request) {
    try {
      return InetAddress.ofLiteral(request.getRemoteAddr());
    } catch (IllegalArgumentException notAnAddress) {
      return UNKNOWN;
    }
  }
}
