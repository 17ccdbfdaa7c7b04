package dev.sluice.configuration;

import java.net.BindException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.web.server.PortInUseException;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Explains configuration mistakes for which Spring Boot would print only a stack trace. */
final class FrameworkFailureAnalyzer implements FailureAnalyzer {

  private static final String BUNDLES = "org.springframework.boot.ssl.";

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PortInUseException) {
        return null; // Spring Boot has its own analyzer for this
      }
      FailureAnalysis analysis = analyzeOne(cause);
      if (analysis != null) {
        return analysis;
      }
    }
    return null;
  }

  private static @Nullable FailureAnalysis analyzeOne(Throwable cause) {
    return switch (cause) {
      case MarkedYAMLException e ->
          new FailureAnalysis(
              // The exception's message would repeat the line, which may have a secret.
              "A file with the configuration is not YAML: line %d: %s"
                  .formatted(e.getProblemMark().getLine() + 1, e.getProblem()),
              "Correct it: the one in the folder of the start (application.yml), or one that spring.config names.",
              e);
      case JsonParseException e ->
          analysis(
              "The configuration in SPRING_APPLICATION_JSON (spring.application.json) is not JSON",
              e,
              "Correct it. It is not repeated here, since it may have secrets.");
      case BindException e ->
          analysis(
              "The REST API cannot listen where server.address and server.port say",
              e,
              "Set server.address to an address of this machine (`ip address` shows them), and server.port to a port"
                  + " that this user may listen on: 1024 or more, or 0 for any free one.");
      case RuntimeException e when isOfBundles(e) ->
          analysis(
              "An SSL bundle cannot be used",
              e,
              "Correct the name of the bundle (server.ssl.bundle, sluice.nbd.tls.bundle), or the files below"
                  + " spring.ssl.bundle.pem.NAME.");
      default -> null;
    };
  }

  private static boolean isOfBundles(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith(BUNDLES);
  }

  private static FailureAnalysis analysis(String problem, Throwable cause, String action) {
    return new FailureAnalysis(problem + ": " + Reasons.of(cause), action, cause);
  }
}
