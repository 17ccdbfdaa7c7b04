package dev.sluice.startup;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.Assert;

/**
 * Takes {@code spring.aot.enabled} back where the beans that Spring's ahead-of-time processing
 * chose in the build may not be those that the configuration asks for. Spring Boot's conditions
 * look at its own properties only, so those have to be what they were in the build: what {@code
 * application.yml} has on the class path.
 */
final class AotSwitch implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  private static final Logger log = LoggerFactory.getLogger(AotSwitch.class);

  private static final String BUILT_IN = "class path resource [application.yml]";

  /** Below them are the properties that conditions look at. */
  private static final List<ConfigurationPropertyName> ROOTS =
      names("spring", "management", "server", "debug", "trace");

  /** Below the roots, but nothing that a condition looks at. */
  private static final List<ConfigurationPropertyName> FREE =
      names(
          "server.address",
          "server.port",
          "server.ssl",
          "server.tomcat",
          "spring.aot",
          "spring.application.json",
          "spring.application.name",
          "spring.application.pid",
          "spring.application.version",
          "spring.config",
          "spring.ssl.bundle");

  /** Behind Spring Boot's own, and all else that brings properties. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    ConfigurableEnvironment environment = event.getEnvironment();
    if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
      Set<String> changed = changed(environment);
      Assert.state(changed.isEmpty(), () -> "The build has properties of its own: " + changed);
    } else if (AotDetector.useGeneratedArtifacts()) {
      // A word on the command line comes before the system property that it was switched on with.
      Set<String> reasons =
          environment.getProperty(AotDetector.AOT_ENABLED, Boolean.class, true)
              ? changed(environment)
              : Set.of(AotDetector.AOT_ENABLED);
      if (!reasons.isEmpty()) {
        log.info(
            "Starts without what the build prepared, which would be faster, because of {}",
            reasons);
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");
      }
    }
  }

  /** The names of properties that are not what they were in the build. */
  private static Set<String> changed(ConfigurableEnvironment environment) {
    Map<ConfigurationPropertyName, String> built = new HashMap<>();
    Map<ConfigurationPropertyName, String> now = new HashMap<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      Map<ConfigurationPropertyName, String> properties = lookedAt(source);
      properties.forEach(now::putIfAbsent);
      if (isBuiltIn(source)) {
        built.putAll(properties);
      }
    }
    if (built.isEmpty()) {
      return Set.of(BUILT_IN);
    }
    return Stream.concat(built.keySet().stream(), now.keySet().stream())
        .filter(name -> !Objects.equals(built.get(name), now.get(name)))
        .map(ConfigurationPropertyName::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isBuiltIn(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> underlying
        && underlying.getName().contains(BUILT_IN);
  }

  private static Map<ConfigurationPropertyName, String> lookedAt(
      ConfigurationPropertySource source) {
    Map<ConfigurationPropertyName, String> properties = new HashMap<>();
    if (source instanceof IterableConfigurationPropertySource iterable) {
      iterable.stream()
          .filter(name -> isBelow(ROOTS, name) && !isBelow(FREE, name))
          .forEach(name -> properties.put(name, value(source, name)));
    }
    return properties;
  }

  private static String value(ConfigurationPropertySource source, ConfigurationPropertyName name) {
    ConfigurationProperty property = source.getConfigurationProperty(name);
    return property == null ? "" : String.valueOf(property.getValue());
  }

  private static boolean isBelow(
      List<ConfigurationPropertyName> roots, ConfigurationPropertyName name) {
    return roots.stream().anyMatch(root -> root.equals(name) || root.isAncestorOf(name));
  }

  private static List<ConfigurationPropertyName> names(String... names) {
    return Stream.of(names).map(ConfigurationPropertyName::of).toList();
  }
}
