package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.hibernate.validator.constraints.Range;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.annotation.Validated;

/** What is said of values that break constraints, and that nothing in a value is evaluated. */
class WrongValuesTest {

  @Validated
  @ConfigurationProperties("sluice.door")
  record Door(
      @DefaultValue("1") @Min(1) int guests,
      @DefaultValue("1") @Range(min = -1, max = 65_535) int port,
      @DefaultValue("1s") @Within(from = "1ms", to = "24d") Duration bell,
      @DefaultValue("1B") @Within(from = "1B", to = "1TB") DataSize mat,
      @DefaultValue("0600") @WrittenAs(TextForm.FILE_MODE) String mode,
      @DefaultValue @WrittenAs(TextForm.PATH) List<String> keys,
      @DefaultValue @WrittenAs(TextForm.NETWORK) List<String> friends,
      @DefaultValue("house") String owner,
      @DefaultValue("house") String tenant)
      implements RelatedKeys {

    @Override
    public Map<String, String> misfits() {
      return owner.equals(tenant)
          ? Map.of()
          : Map.of(
              "owner", "must fit " + tenant,
              "tenant", "must fit " + owner);
    }
  }

  @EnableConfigurationProperties(Door.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  @AfterEach
  void noLocaleOfThisThread() {
    LocaleContextHolder.resetLocaleContext();
  }

  private static List<FieldError> errors(AssertableApplicationContext context) {
    Throwable failure = Objects.requireNonNull(context.getStartupFailure());
    while (!(failure instanceof BindValidationException exception)) {
      failure = Objects.requireNonNull(failure.getCause());
    }
    return exception.getValidationErrors().getAllErrors().stream()
        .map(FieldError.class::cast)
        .toList();
  }

  private static ApplicationContextRunner with(
      ApplicationContextRunner runner, PropertySource<?> source) {
    return runner.withInitializer(
        context -> context.getEnvironment().getPropertySources().addFirst(source));
  }

  @Test
  void allOfThemAreToldAtOnceWithTheirValuesAndWhereTheyCameFrom() throws Exception {
    byte[] yaml = "sluice:\n  door:\n    guests: 0\n    bell: 25d\n".getBytes();
    with(
            with(
                with(
                    runner,
                    new YamlPropertySourceLoader()
                        .load("a file", new ByteArrayResource(yaml, "application.yml"))
                        .getFirst()),
                new SystemEnvironmentPropertySource(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    Map.of(
                        "SLUICE_DOOR_MODE", "600", "SLUICE_DOOR_FRIENDS", "10.0.0.1,10.0.0.0/33"))),
            new SimpleCommandLinePropertySource("--sluice.door.mat=0", "--sluice.door.port=-2"))
        .run(
            context -> {
              List<FieldError> errors = errors(context);
              assertThat(errors)
                  .extracting(
                      FieldError::getField,
                      FieldError::getRejectedValue,
                      FieldError::getDefaultMessage)
                  .containsExactlyInAnyOrder(
                      tuple("guests", 0, "must be 1 or more"),
                      tuple("bell", Duration.ofDays(25), "must be from 1ms to 24d"),
                      tuple(
                          "mode", "600", "must be 0 and three octal digits in quotes, as \"0600\""),
                      tuple(
                          "friends",
                          List.of("10.0.0.1", "10.0.0.0/33"),
                          "\"10.0.0.0/33\": its prefix is too long; expected 0 to 32 bits"),
                      tuple("mat", DataSize.ofBytes(0), "must be from 1B to 1TB"),
                      tuple("port", -2, "must be from -1 to 65535"));
              assertThat(errors)
                  .extracting(error -> error.getField() + ": " + Origin.from(error))
                  .anyMatch(text -> text.matches("guests: .*application.yml.* - 3:13"))
                  .anyMatch(text -> text.matches("bell: .*application.yml.* - 4:11"))
                  .anyMatch(text -> text.matches("mode: .*SLUICE_DOOR_MODE.*systemEnvironment.*"))
                  .anyMatch(text -> text.matches("friends: .*SLUICE_DOOR_FRIENDS.*systemEnv.*"))
                  .anyMatch(text -> text.matches("mat: .*sluice.door.mat.*commandLineArgs.*"))
                  .anyMatch(text -> text.matches("port: .*sluice.door.port.*commandLineArgs.*"));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"de", "fr", "ja", "tr"})
  void theWordsDoNotDependOnTheLocale(String language) {
    LocaleContextHolder.setLocale(Locale.forLanguageTag(language));

    runner
        .withPropertyValues("sluice.door.guests=0", "sluice.door.port=70000", "sluice.door.bell=0")
        .run(
            context ->
                assertThat(errors(context))
                    .extracting(FieldError::getDefaultMessage)
                    .containsExactlyInAnyOrder(
                        "must be 1 or more",
                        "must be from -1 to 65535",
                        "must be from 1ms to 24d"));
  }

  /** Bean Validation has a language for messages, in which one could call methods. */
  @ParameterizedTest
  @ValueSource(strings = {"${1+1}", "#{1+1}", "{message}", "{value}", "\\{a\\}", "$", "{", "}${"})
  void aValueThatLooksLikeAnExpressionIsToldAsItIs(String value) {
    runner
        .withPropertyValues(
            "sluice.door.mode=" + value,
            "sluice.door.keys[0]=file:" + value,
            "sluice.door.owner=" + value)
        .run(
            context ->
                assertThat(errors(context))
                    .extracting(
                        FieldError::getField,
                        FieldError::getRejectedValue,
                        FieldError::getDefaultMessage)
                    .containsExactlyInAnyOrder(
                        tuple(
                            "mode",
                            value,
                            "must be 0 and three octal digits in quotes, as \"0600\""),
                        tuple(
                            "keys",
                            List.of("file:" + value),
                            "\"file:%s\": must be a path: it is a URL; expected a path"
                                .formatted(value)),
                        tuple("owner", value, "must fit house"),
                        tuple("tenant", "house", "must fit " + value)));
  }

  @Test
  void eachWrongTextOfAListIsTold() {
    runner
        .withPropertyValues("sluice.door.keys=/a,file:b,/c,", "sluice.door.friends=10.0.0.0/8,me")
        .run(
            context ->
                assertThat(errors(context))
                    .extracting(FieldError::getField, FieldError::getDefaultMessage)
                    .containsExactlyInAnyOrder(
                        tuple(
                            "keys",
                            "\"file:b\": must be a path: it is a URL; expected a path, and \"\": must"
                                + " be a path: it is empty; expected an absolute path"),
                        tuple(
                            "friends",
                            "\"me\": expected an IPv4 or IPv6 address, or a network of them such as"
                                + " \"10.0.0.0/8\" or \"2001:db8::/32\"")));
  }

  @ParameterizedTest
  @CsvSource({
    "bell=1ms, true",
    "bell=24d, true",
    "bell=0, false",
    "bell=2073600001ms, false",
    "mat=1B, true",
    "mat=1TB, true",
    "mat=0, false",
    "mat=1099511627777B, false",
  })
  void aLimitItselfIsWithin(String property, boolean accepted) {
    runner
        .withPropertyValues("sluice.door." + property)
        .run(context -> assertThat(context.getStartupFailure() == null).isEqualTo(accepted));
  }
}
