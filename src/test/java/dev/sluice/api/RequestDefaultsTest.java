package dev.sluice.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.ExportProperties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What an export gets from the configuration where its request does not say. */
class RequestDefaultsTest {

  @EnableConfigurationProperties(ExportProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  @ParameterizedTest
  @CsvSource({"'', true", "', \"listed\": null', true", "', \"listed\": false', false"})
  void exportsAreListedWhereTheRequestDoesNotSayOtherwise(String field, boolean listed) {
    String request = "{\"path\": \"/a\", \"direction\": \"read\"%s}".formatted(field);
    runner
        .withPropertyValues("sluice.exports.listed=true")
        .run(
            context -> {
              var parser =
                  new ExportRequestParser(
                      context.getBean(ExportProperties.class), ClientsFieldTest.BY_ANYTHING);
              assertThat(parser.parse(request.getBytes(US_ASCII)).listed()).isEqualTo(listed);
            });
  }
}
