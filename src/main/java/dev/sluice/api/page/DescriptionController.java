package dev.sluice.api.page;

import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the OpenAPI 3.1 description of the REST API. It is a file in the jar, which a test keeps
 * equal to the controllers and records, so that it costs no time at the start.
 */
@RestController
class DescriptionController {

  private static final String FILE = "openapi.json";

  /** Requests are rare, so it is read each time. */
  @GetMapping(
      path = {DescriptionProperties.PATH, DescriptionProperties.PATH + "/"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] description() throws IOException {
    return new ClassPathResource(FILE).getContentAsByteArray();
  }
}
