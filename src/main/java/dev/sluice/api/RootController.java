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
    String base = request.getContextPath();
    Map<String, String> found = new LinkedHashMap<>();
    found.put("service", "Sluice: byte streams over NBD");
    found.put("exports", base + "/exports");
    found.put("health", base + "/actuator/health");
    found.put("ready", base + "/readyz");
    found.put("live", base + "/livez");
    found.put("metrics", base + "/actuator/prometheus");
    found.put("documentation", "the README.md of Sluice");
    return found;
  }
}
