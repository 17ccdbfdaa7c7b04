package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The {@code application.yml} of the jar. */
public final class BuiltInConfiguration {

  private BuiltInConfiguration() {}

  /** It has these keys of a record of properties, which is then as a check wants it. */
  public static <T> void has(
      ApplicationContextRunner runner, Class<T> type, Consumer<T> check, String... keys) {
    String prefix = type.getAnnotation(ConfigurationProperties.class).value();
    runner
        .withInitializer(new ConfigDataApplicationContextInitializer())
        .run(
            context -> {
              for (String key : keys) {
                assertThat(context.getEnvironment().getProperty(prefix + "." + key))
                    .as(key)
                    .isNotNull();
              }
              check.accept(context.getBean(type));
            });
  }
}
