package dev.sluice.api.page;

import dev.sluice.api.Links;
import dev.sluice.api.RequestRights;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Responds at the root with links to everything else. {@link PageConverter} serves the page to
 * browsers instead.
 */
@RestController
class RootController {

  private final RequestRights rights;
  private final PageProperties page;

  RootController(RequestRights rights, PageProperties page) {
    this.rights = rights;
    this.page = page;
  }

  /**
   * The links, and the role of the caller.
   *
   * @param role the caller's role; null if the caller has to authenticate first
   * @param openid where the page can sign in; null if no OpenID provider is configured
   */
  record Root(
      String service,
      String exports,
      String health,
      String ready,
      String live,
      String metrics,
      String description,
      String documentation,
      @Nullable String role,
      PageProperties.@Nullable OpenId openid) {}

  @GetMapping(
      path = "/",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_HTML_VALUE})
  Root root(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    return new Root(
        "Sluice: byte streams over NBD",
        Links.to("/exports", request),
        Links.to("/actuator/health", request),
        Links.to("/readyz", request),
        Links.to("/livez", request),
        Links.to("/actuator/prometheus", request),
        Links.to(DescriptionProperties.PATH, request),
        "the README.md of Sluice",
        rights.role(),
        page.openid());
  }
}
