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
 * Leaves everything of OpenTelemetry's tracing out, Spring Boot's part of it too, unless there is
 * somebody to send traces to: it would be a tenth more of the start for nothing.
 */
final class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware, Condition {

  /** Where an OpenTelemetry collector takes traces; without it there are none. */
  static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private static final Set<String> PACKAGES =
      Set.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean on;

  /** Whether there is somebody to send traces to. */
  static boolean isOn(Environment environment) {
    return !environment.getProperty(ENDPOINT, "").isBlank();
  }

  @Override
  public void setEnvironment(Environment environment) {
    on = isOn(environment);
  }

  /** Whether each of Spring Boot's auto-configurations may be looked at. */
  @Override
  public boolean[] match(@Nullable String[] candidates, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      String candidate = candidates[i];
      matches[i] = on || candidate == null || PACKAGES.stream().noneMatch(candidate::startsWith);
    }
    return matches;
  }

  /** Whether a bean of ours that has to do with traces is made. */
  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return isOn(context.getEnvironment());
  }
}
