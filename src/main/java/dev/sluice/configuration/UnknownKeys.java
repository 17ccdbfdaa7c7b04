package dev.sluice.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;
import org.springframework.util.ObjectUtils;

/**
 * Stops the start if a key below {@code sluice.}, from any source, is bound to nothing. Otherwise a
 * misspelt key would seem to be in effect.
 */
@Component
final class UnknownKeys implements BeanFactoryPostProcessor, EnvironmentAware {

  private static final Logger log = LoggerFactory.getLogger(UnknownKeys.class);

  private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("sluice");

  private static final Pattern OWN_VARIABLE = Pattern.compile("(?i)sluice[._].*");

  /** No key is this short. Such names are used for other purposes, such as SLUICE_HOME. */
  private static final Pattern SHORT_VARIABLE = Pattern.compile("(?i)sluice_[^._]*");

  /**
   * The variables that Kubernetes sets in a pod for a Service named sluice, or sluice-something.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "SLUICE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?"
              + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  /** The variables of the command line as a client of a service. */
  private static final Set<String> CLIENT_VARIABLES =
      Set.of("SLUICE_URL", "SLUICE_TOKEN", "SLUICE_TOKEN_FILE", "SLUICE_CA");

  private static final Pattern SERVICE_PORT = Pattern.compile("SLUICE_(\\w+_)?PORT");
  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private @Nullable Environment environment;

  /**
   * A name that is bound to nothing.
   *
   * @param origin where it was set
   */
  private record Unknown(ConfigurationPropertyName name, String origin) {}

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
    KnownKeys known = KnownKeys.of(records(factory));
    List<Unknown> unknown = new ArrayList<>();
    for (ConfigurationPropertySource source :
        ConfigurationPropertySources.get(Objects.requireNonNull(environment))) {
      if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
        unknown.addAll(unknownVariables(variables, known));
      } else if (source instanceof IterableConfigurationPropertySource iterable) {
        unknown.addAll(unknownKeys(iterable, known));
      }
    }
    if (!unknown.isEmpty()) {
      throw new UnusableConfigurationException(problem(unknown), remedy(unknown, known));
    }
  }

  /**
   * Finds the properties records. Spring Boot names the bean of a record by its prefix and class.
   */
  private static List<Class<?>> records(ConfigurableListableBeanFactory factory) {
    List<Class<?>> records = new ArrayList<>();
    for (String bean : factory.getBeanDefinitionNames()) {
      if (bean.startsWith(PREFIX + ".")) {
        records.add(Objects.requireNonNull(factory.getType(bean, false)));
      }
    }
    return records;
  }

  private static List<Unknown> unknownKeys(
      IterableConfigurationPropertySource source, KnownKeys known) {
    return source.stream()
        .filter(name -> PREFIX.isAncestorOf(name) && !known.has(name))
        .map(source::getConfigurationProperty)
        .filter(Objects::nonNull)
        .filter(property -> !isEmptyGroup(property, known))
        .map(property -> new Unknown(property.getName(), String.valueOf(property.getOrigin())))
        .toList();
  }

  /** Returns whether the property is an empty section of a file. */
  private static boolean isEmptyGroup(ConfigurationProperty property, KnownKeys known) {
    return known.hasGroup(property.getName()) && ObjectUtils.isEmpty(property.getValue());
  }

  private static List<Unknown> unknownVariables(
      SystemEnvironmentPropertySource variables, KnownKeys known) {
    List<Unknown> unknown = new ArrayList<>();
    for (String variable : variables.getPropertyNames()) {
      if (!OWN_VARIABLE.matcher(variable).matches()
          || known.hasVariable(variable)
          || isServiceLink(variable, String.valueOf(variables.getProperty(variable)))) {
        continue;
      }
      ConfigurationPropertyName name =
          ConfigurationPropertyName.adapt(variable, variable.contains(".") ? '.' : '_');
      boolean foreign = SHORT_VARIABLE.matcher(variable).matches() && !known.hasNear(name);
      if (foreign || CLIENT_VARIABLES.contains(variable)) {
        log.info(
            "The environment variable {} is no key of this service and has no effect", variable);
      } else if (!known.has(name)) {
        unknown.add(new Unknown(name, "environment variable " + variable));
      }
    }
    return unknown;
  }

  private static boolean isServiceLink(String variable, String value) {
    return SERVICE_LINK.matcher(variable).matches()
        || (SERVICE_PORT.matcher(variable).matches() && SERVICE_ADDRESS.matcher(value).matches());
  }

  private static String problem(List<Unknown> unknown) {
    return unknown.stream()
        .map(one -> "There is no key %s (given by: %s).".formatted(one.name(), one.origin()))
        .collect(Collectors.joining("\n"));
  }

  private static String remedy(List<Unknown> unknown, KnownKeys known) {
    return Stream.concat(
            unknown.stream().map(Unknown::name).distinct().map(name -> hint(name, known)),
            Stream.of("Correct it or remove it. application.yml has every key with its meaning."))
        .collect(Collectors.joining("\n"));
  }

  private static String hint(ConfigurationPropertyName name, KnownKeys known) {
    ConfigurationPropertyName nearest = known.nearest(name);
    return "Instead of %s: the nearest key is %s (%s in the environment); expected one of %s."
        .formatted(
            name,
            nearest,
            KnownKeys.variable(nearest),
            known.siblings(name).stream()
                .map(ConfigurationPropertyName::toString)
                .collect(Collectors.joining(", ")));
  }
}
