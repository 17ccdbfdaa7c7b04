package dev.sluice.testing;

import dev.sluice.SluiceApplication;
import dev.sluice.management.HealthListener;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A service within the tests' own process that is configured as a test wants it. */
public final class OwnService implements Sluice, AutoCloseable {

  static {
    PromptWaits.use();
  }

  private final Path root = Workspace.newPath("root");
  private final ConfigurableApplicationContext context;
  private final ExportsApi api;

  private OwnService(List<String> properties) {
    String[] arguments =
        Stream.concat(
                Stream.of(SluiceProcess.settings(root))
                    .filter(setting -> properties.stream().noneMatch(own -> isSame(own, setting))),
                properties.stream().map(property -> "--" + property))
            .toArray(String[]::new);
    context =
        new SpringApplicationBuilder(SluiceApplication.class)
            .properties("sluice.exports.drain-timeout=0s")
            .run(arguments);
    api =
        new ExportsApi(
            context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
  }

  /** Given twice, the two values would be taken for a list. */
  private static boolean isSame(String property, String setting) {
    return setting.startsWith("--" + property.substring(0, property.indexOf('=') + 1));
  }

  /** Starts one with these properties, such as {@code sluice.exports.max=1}. */
  public static OwnService with(List<String> properties) {
    return new OwnService(properties);
  }

  /** Where probes are answered. */
  public URI health(String path) {
    return URI.create("http://127.0.0.1:" + context.getBean(HealthListener.class).port() + path);
  }

  @Override
  public ExportsApi api() {
    return api;
  }

  @Override
  public boolean isRunning() {
    return context.isActive();
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public void close() {
    api.close();
    context.close();
  }
}
