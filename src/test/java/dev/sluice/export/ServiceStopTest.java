package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.TestApplication;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

@Timeout(60)
class ServiceStopTest {

  /** Stands for the listener: it notes what it finds when it is told to stop. */
  private static final class Listener implements SmartLifecycle {

    private final ExportRegistry registry;
    private final List<StreamState> found = Collections.synchronizedList(new ArrayList<>());
    private boolean running;

    Listener(ExportRegistry registry) {
      this.registry = registry;
    }

    @Override
    public void start() {
      running = registry.isRunning();
    }

    @Override
    public void stop() {
      registry.list().forEach(export -> found.add(export.stream().status().state()));
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }
  }

  @Test
  void listenersStopBeforeTheStreamsEnd(@TempDir Path folder) {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(TestApplication.class)
            .initializers(
                (ApplicationContextInitializer<GenericApplicationContext>)
                    c -> c.registerBean(Listener.class))
            .run(
                "--server.port=0",
                "--sluice.exports.roots=" + folder,
                "--sluice.exports.store=none");
    Listener listener = context.getBean(Listener.class);
    Export export =
        context
            .getBean(ExportRegistry.class)
            .create(Specs.of("a", folder.resolve("a"), Direction.WRITE));
    assertThat(listener.isRunning()).isTrue();
    assertThat(folder).isNotEmptyDirectory();

    context.close();

    assertThat(listener.found).containsExactly(StreamState.WAITING);
    assertThat(export.stream().status().state()).isEqualTo(StreamState.FAILED);
    assertThat(export.stream().status().failure()).startsWith("the service was stopped");
    assertThat(folder).isEmptyDirectory();
  }
}
