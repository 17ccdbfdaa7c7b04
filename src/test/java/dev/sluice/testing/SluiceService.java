package dev.sluice.testing;

import dev.sluice.SluiceApplication;
import java.nio.file.Path;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service within the tests' own process, on free ports; started once. */
public final class SluiceService implements Sluice {

  static {
    PromptWaits.use();
  }

  private static final class Holder {
    static final SluiceService STARTED = new SluiceService();
  }

  private final Path root = Workspace.newPath("root");
  private final ExportsApi api;

  private SluiceService() {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(SluiceApplication.class)
            .properties("sluice.exports.drain-timeout=0s")
            .run(SluiceProcess.settings(root));
    int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    api = new ExportsApi(port);
  }

  /** The one service of this process. */
  public static SluiceService shared() {
    return Holder.STARTED;
  }

  @Override
  public ExportsApi api() {
    return api;
  }

  @Override
  public boolean isRunning() {
    return true;
  }

  @Override
  public Path root() {
    return root;
  }
}
