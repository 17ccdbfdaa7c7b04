package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Two services with one root would both take the same FIFO. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class RootInUseTest {

  private static ConfigurableApplicationContext start(Path root) {
    return new SpringApplicationBuilder(OnlyStreams.class)
        .web(WebApplicationType.NONE)
        .run("--sluice.exports.roots=" + root, "--sluice.exports.store=none");
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(ExportProperties.class)
  @Import(StreamConfiguration.class)
  static class OnlyStreams {}

  @Test
  void theSecondServiceDoesNotStartAndSaysWhoHasTheRoot(@TempDir Path root, CapturedOutput output) {
    try (ConfigurableApplicationContext _ = start(root)) {
      assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> start(root));
      assertThat(output)
          .contains(
              "sluice.exports.roots: another service, process %d, has the folder %s already."
                  .formatted(ProcessHandle.current().pid(), root))
          .contains("Stop that one, or name another folder")
          .doesNotContain("\tat ");
    }
    start(root).close();
  }
}
