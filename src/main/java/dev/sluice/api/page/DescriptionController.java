package dev.sluice.api.page;

import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Describes the REST API in the form of OpenAPI 3.1. What it returns is a file of the jar, which a
 * test keeps equal to the controllers and the records: a start costs nothing by it.
 */
@RestController
class DescriptionController {

  private static final String FILE = "openapi.json";

  /** Few ask, so it is read each time. */
  @GetMapping(
      path = {DescriptionProperties.PATH, DescriptionProperties.PATH + "/"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] description() throws IOException {
    return new ClassPathResource(FILE).getContentAsByteArray();
  }
}
