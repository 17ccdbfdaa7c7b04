package dev.sluice.configuration;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Makes Spring Boot print the problem and its remedy instead of a stack trace. */
final class UnusableConfigurationAnalyzer
    extends AbstractFailureAnalyzer<UnusableConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable failure, UnusableConfigurationException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
  }
}
