package dev.sluice.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** Which configurations the beans that were chosen in the build are good for. */
class AotSwitchTest {

  private static final String BUILT_IN =
      "Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'";

  private static final String VARIABLES =
      StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

  private final StandardEnvironment environment = new StandardEnvironment();

  @BeforeEach
  void processedAheadOfTime() throws Exception {
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, "true");
    List<PropertySource<?>> builtIn =
        new YamlPropertySourceLoader().load(BUILT_IN, new ClassPathResource("application.yml"));
    assertThat(builtIn).hasSize(1);
    environment.getPropertySources().addLast(builtIn.getFirst());
  }

  @AfterEach
  void asBefore() {
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
  }

  private void add(PropertySource<?> source) {
    environment.getPropertySources().addFirst(source);
  }

  private void setVariable(String name, String value) {
    environment
        .getPropertySources()
        .replace(VARIABLES, new SystemEnvironmentPropertySource(VARIABLES, Map.of(name, value)));
  }

  private boolean staysOn() {
    ConfigurationPropertySources.attach(environment);
    new AotSwitch()
        .onApplicationEvent(
            new ApplicationEnvironmentPreparedEvent(
                new DefaultBootstrapContext(),
                new SpringApplication(),
                new String[0],
                environment));
    return AotDetector.useGeneratedArtifacts();
  }

  @Test
  void theConfigurationOfTheBuild() {
    assertThat(staysOn()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "sluice.nbd.port, 0",
    "sluice.exports.max, 1",
    "server.port, 0",
    "server.address, 0.0.0.0",
    "server.ssl.bundle, api",
    "server.tomcat.threads.max, 20",
    "spring.ssl.bundle.pem.nbd.keystore.certificate, tls.crt",
    "spring.config.import, optional:file:more.yml",
    "spring.application.name, other",
    "logging.level.root, debug",
    "springs.of.water, many",
    "management.endpoint.health.probes.enabled, true",
  })
  void whatNoConditionLooksAt(String name, String value) {
    add(new MapPropertySource("more", Map.of(name, value)));

    assertThat(staysOn()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "management.otlp.metrics.export.enabled, true",
    "management.opentelemetry.tracing.export.otlp.endpoint, http://localhost:4318/v1/traces",
    "management.endpoints.web.exposure.include, '*'",
    "management.endpoint.health.probes.enabled, false",
    "management.server.port, 8081",
    "spring.security.oauth2.resourceserver.jwt.issuer-uri, https://login.example.org",
    "spring.profiles.active, production",
    "spring.main.lazy-initialization, true",
    "server.forward-headers-strategy, native",
    "spring.application.admin.enabled, true",
    "spring.aot.enabled, false",
    "debug, true",
    "trace, ''",
  })
  void whatAConditionMayLookAt(String name, String value) {
    add(new MapPropertySource("more", Map.of(name, value)));

    assertThat(staysOn()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "MANAGEMENT_ENDPOINT_HEALTH_PROBES_ADDADDITIONALPATHS, true, true",
    "MANAGEMENT_ENDPOINT_HEALTH_PROBES_ADDADDITIONALPATHS, false, false",
    "MANAGEMENT_SERVER_PORT, 8081, false",
    "SPRING_SSL_BUNDLE_PEM_NBD_KEYSTORE_PRIVATEKEY, tls.key, true",
    "SPRING_APPLICATION_JSON, {}, true",
    "SLUICE_NBD_PORT, 0, true",
    "management.server.port, 8081, false",
    "spring.profiles.active, production, false",
    "sluice.nbd.port, 0, true",
  })
  void variablesAreThatToo(String name, String value, boolean stays) {
    setVariable(name, value);

    assertThat(staysOn()).isEqualTo(stays);
  }

  @Test
  void withoutWhatTheBuildHadNothingIsKnown() {
    environment.getPropertySources().remove(BUILT_IN);

    assertThat(staysOn()).isFalse();
  }

  @Test
  void aBuildWithPropertiesOfItsOwnFails() {
    System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
    try {
      assertThat(staysOn()).isTrue();
      add(new MapPropertySource("more", Map.of("management.server.port", "1")));
      assertThatIllegalStateException()
          .isThrownBy(this::staysOn)
          .withMessageContaining("management.server.port");
    } finally {
      System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"management.server.port", "sluice.nbd.port"})
  void whatIsOffStaysOff(String name) {
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
    add(new MapPropertySource("more", Map.of(name, "1")));

    assertThat(staysOn()).isFalse();
    assertThat(SpringProperties.getProperty(AotDetector.AOT_ENABLED)).isNull();
  }

  /** Nothing was prepared for it, so it starts only if that is not wanted. */
  private static final class Unprepared {}

  private void startUnprepared() {
    SpringApplication application = new SpringApplication(Unprepared.class);
    application.setMainApplicationClass(Unprepared.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setEnvironment(environment);
    application.run().close();
  }

  @Test
  void springBootStartsWithWhatWasPrepared() {
    environment.getPropertySources().remove(BUILT_IN);
    setVariable("SLUICE_NBD_PORT", "0");

    assertThatThrownBy(this::startUnprepared).hasMessageContaining("AOT initializer");
  }

  @Test
  void springBootStartsWithoutIfThatIsTheSwitchsWord() {
    environment.getPropertySources().remove(BUILT_IN);
    setVariable("MANAGEMENT_SERVER_PORT", "0");

    assertThatCode(this::startUnprepared).doesNotThrowAnyException();
  }
}
