package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells whoever asks for the root what there is. */
@RestController
class RootController {

  /** Where what is. */
  record Root(
      String service,
      String exports,
      String health,
      String ready,
      String live,
      String metrics,
      String description,
      String documentation) {}

  @GetMapping(path = "/", produces = MediaType.APPLICATION_JSON_VALUE)
  Root root(HttpServletRequest request) {
    return new Root(
        "Sluice: byte streams over NBD",
        Links.to("/exports", request),
        Links.to("/actuator/health", request),
        Links.to("/readyz", request),
        Links.to("/livez", request),
        Links.to("/actuator/prometheus", request),
        Links.to(DescriptionProperties.PATH, request),
        "the README.md of Sluice");
  }
}
