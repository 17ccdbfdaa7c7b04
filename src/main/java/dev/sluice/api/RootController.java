package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells whoever asks for the root what there is. */
@RestController
class RootController {

  @GetMapping(path = "/", produces = MediaType.APPLICATION_JSON_VALUE)
  Map<String, String> root(HttpServletRequest request) {
    Map<String, String> found = new LinkedHashMap<>();
    found.put("service", "Sluice: byte streams over NBD");
    found.put("exports", Links.to("/exports", request));
    found.put("health", Links.to("/actuator/health", request));
    found.put("ready", Links.to("/readyz", request));
    found.put("live", Links.to("/livez", request));
    found.put("metrics", Links.to("/actuator/prometheus", request));
    found.put("documentation", "the README.md of Sluice");
    return found;
  }
}
