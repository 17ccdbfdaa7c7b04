package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JacksonJsonParser;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.io.ByteArrayResource;

/** What is said instead of a stack trace, and that a fault of the service keeps its own. */
class FrameworkFailureAnalyzerTest {

  private final FrameworkFailureAnalyzer analyzer = new FrameworkFailureAnalyzer();

  private FailureAnalysis analysis(Throwable cause) {
    return Objects.requireNonNull(analyzer.analyze(new IllegalStateException("outside", cause)));
  }

  @Test
  void theRestApiCannotListen() {
    FailureAnalysis analysis = analysis(new BindException("Permission denied"));

    assertThat(analysis.getDescription()).contains("server.address", "Permission denied");
    assertThat(analysis.getAction()).contains("server.port");
  }

  @Test
  void aTakenPortIsForSpringBootToTell() {
    assertThat(
            analyzer.analyze(
                new PortInUseException(8080, new BindException("Address already in use"))))
        .isNull();
  }

  @Test
  void aFileIsNoYamlAndItsContentIsNotRepeated() {
    byte[] yaml = "sluice:\n  security:\n    tokens: [secret\n".getBytes(StandardCharsets.UTF_8);

    FailureAnalysis analysis =
        analysis(
            catchThrowable(
                () -> new YamlPropertySourceLoader().load("file", new ByteArrayResource(yaml))));

    assertThat(analysis.getDescription()).contains("not YAML", "line ").doesNotContain("secret");
    assertThat(analysis.getAction()).contains("application.yml");
  }

  @Test
  void theJsonOfTheEnvironmentIsNone() {
    FailureAnalysis analysis =
        analysis(catchThrowable(() -> new JacksonJsonParser().parseMap("{secret")));

    assertThat(analysis.getDescription())
        .contains("SPRING_APPLICATION_JSON", "not JSON")
        .doesNotContain("secret");
  }

  @Test
  void thereIsNoSuchSslBundle() {
    FailureAnalysis analysis =
        analysis(catchThrowable(() -> new DefaultSslBundleRegistry().getBundle("nowhere")));

    assertThat(analysis.getDescription()).contains("SSL bundle", "nowhere");
    assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem");
  }

  @Test
  void anyOtherFaultKeepsItsStackTrace() {
    assertThat(analyzer.analyze(new IllegalStateException(new RuntimeException("a bug")))).isNull();
  }

  @Test
  void reasonsAreToldOnce() {
    Throwable failure =
        new IllegalStateException(
            "cannot read /file", new RuntimeException("/file", new Exception("it is\ntorn")));

    assertThat(Reasons.of(failure)).isEqualTo("cannot read /file: it is torn");
  }
}
