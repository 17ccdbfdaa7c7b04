package dev.sluice.api.request;

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
              ExportRequest asked =
                  JsonBody.read(request.getBytes(US_ASCII), ExportRequest.class).value();
              assertThat(asked.spec(context.getBean(ExportProperties.class)).listed())
                  .isEqualTo(listed);
            });
  }
}
