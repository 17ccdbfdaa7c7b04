package dev.sluice;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Reads the environment of the service as {@link Utf8Words} has it. */
final class Utf8Start implements EnvironmentPostProcessor, Ordered {

  /** Before any other that looks at the environment. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    MutablePropertySources sources = environment.getPropertySources();
    if (Utf8Words.areNative() || !sources.contains(name)) {
      return;
    }
    Map<String, Object> variables = new HashMap<>(environment.getSystemEnvironment());
    for (String word : Utf8Words.ofEnvironment()) {
      int end = word.indexOf('=');
      if (end > 0) {
        variables.put(word.substring(0, end), word.substring(end + 1));
      }
    }
    sources.replace(name, new SystemEnvironmentPropertySource(name, variables));
  }
}
