package dev.sluice.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PagePropertiesTest {

  private static final String OPENID = "sluice.page.openid.";

  @EnableConfigurationProperties(PageProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  @Test
  void peopleEnterATokenByDefault() {
    runner.run(context -> assertThat(context.getBean(PageProperties.class).openid()).isNull());
  }

  @Test
  void aProviderNeedsTwoKeys() {
    runner
        .withPropertyValues(OPENID + "issuer=https://a.example/x", OPENID + "client-id=page")
        .run(
            context ->
                assertThat(context.getBean(PageProperties.class).openid())
                    .isEqualTo(new PageProperties.OpenId("https://a.example/x", "page", "openid")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "issuer=https://a.example | must be the name of the page at the provider",
        "client-id=page | must be the provider's URI",
        "issuer=a.example,client-id=page | must be the provider's URI",
        "issuer=ftp://a.example,client-id=page | must be the provider's URI",
        "issuer=https://a.example/?x,client-id=page | must be the provider's URI",
        "issuer=https://a.example,client-id= | must be the name of the page at the provider"
      })
  void halfOfThemIsRefused(String keys, String expected) {
    String[] properties = keys.split(",");
    for (int i = 0; i < properties.length; i++) {
      properties[i] = OPENID + properties[i];
    }

    runner
        .withPropertyValues(properties)
        .run(
            context -> assertThat(context).getFailure().rootCause().hasMessageContaining(expected));
  }
}
