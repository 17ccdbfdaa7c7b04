package dev.sluice.management;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Leaves out tracing, including Spring Boot's auto-configuration, unless an endpoint for traces is
 * configured: it would add a tenth to the start time for nothing.
 */
final class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware, Condition {

  /** The key with the URL of an OpenTelemetry collector. Without it there is no tracing. */
  static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private static final Set<String> PACKAGES =
      Set.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean on;

  /** Returns whether an endpoint for traces is configured. */
  static boolean isOn(Environment environment) {
    return !environment.getProperty(ENDPOINT, "").isBlank();
  }

  @Override
  public void setEnvironment(Environment environment) {
    on = isOn(environment);
  }

  /** Returns whether each auto-configuration may be loaded. */
  @Override
  public boolean[] match(@Nullable String[] candidates, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      String candidate = candidates[i];
      matches[i] = on || candidate == null || PACKAGES.stream().noneMatch(candidate::startsWith);
    }
    return matches;
  }

  /** Returns whether Sluice's own beans for tracing are created. */
  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return isOn(context.getEnvironment());
  }
}
