package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.metadata.BeanDescriptor;
import jakarta.validation.metadata.ConstraintDescriptor;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** What holds for every key there is, of whichever record. */
class EveryKeyTest {

  private static List<Class<?>> records() {
    ClassPathScanningCandidateComponentProvider scanner =
        new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    List<Class<?>> records = new ArrayList<>();
    scanner
        .findCandidateComponents("dev.sluice")
        .forEach(
            found ->
                records.add(
                    ClassUtils.resolveClassName(
                        Objects.requireNonNull(found.getBeanClassName()), null)));
    records.removeIf(type -> type.getName().contains("Test"));
    assertThat(records).isNotEmpty();
    return records;
  }

  private static String prefix(Class<?> type) {
    return type.getAnnotation(ConfigurationProperties.class).value();
  }

  static Stream<Arguments> durations() {
    return records().stream()
        .flatMap(
            type ->
                Stream.of(type.getRecordComponents())
                    .filter(component -> component.getType() == Duration.class)
                    .map(
                        component ->
                            Arguments.of(
                                prefix(type)
                                    + "."
                                    + DataObjectPropertyName.toDashedForm(component.getName()),
                                type,
                                component)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("durations")
  void aTimeWithoutAUnitIsSeconds(String key, Class<?> type, RecordComponent component)
      throws Exception {
    Object properties =
        new Binder(new MapConfigurationPropertySource(Map.of(key, "7")))
            .bind(prefix(type), type)
            .get();

    component.getAccessor().setAccessible(true);
    assertThat(component.getAccessor().invoke(properties)).isEqualTo(Duration.ofSeconds(7));
  }

  static Stream<String> keys() {
    return KnownKeys.of(records()).all().stream().map(String::valueOf).sorted();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void theConfigurationFileExplainsIt(String key) throws IOException {
    String file = Files.readString(Path.of("application.yml"));
    String own = file.substring(file.indexOf("\nsluice:"));

    assertThat(own)
        .containsPattern("(?m)^ +(# )?" + key.substring(key.lastIndexOf('.') + 1) + ": ");
  }

  static Stream<Arguments> messages() {
    try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
      return records().stream()
          .map(factory.getValidator()::getConstraintsForClass)
          .flatMap(
              type ->
                  type.getConstrainedProperties().stream()
                      .flatMap(property -> property.getConstraintDescriptors().stream())
                      .map(constraint -> Arguments.of(type, constraint)))
          .toList()
          .stream();
    }
  }

  /** Those of Hibernate Validator depend on the locale, and have other words than these. */
  @ParameterizedTest
  @MethodSource("messages")
  void itsConstraintsHaveMessagesOfOurOwn(BeanDescriptor type, ConstraintDescriptor<?> constraint)
      throws IOException {
    Properties own = new Properties();
    own.load(getClass().getResourceAsStream("/ValidationMessages.properties"));

    Matcher key = Pattern.compile("\\{(.*\\..*)}").matcher(constraint.getMessageTemplate());

    assertThat(!key.matches() || own.containsKey(key.group(1)))
        .as("%s of %s", constraint.getAnnotation(), type.getElementClass())
        .isTrue();
  }
}
