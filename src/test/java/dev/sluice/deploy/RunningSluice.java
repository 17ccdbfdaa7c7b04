package dev.sluice.deploy;

import dev.sluice.SluiceApplication;
import dev.sluice.access.DeniedRequests;
import dev.sluice.server.NbdServer;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A service on free ports, with a folder for pipes and a file of tokens, in the place of the one in
 * the pod.
 */
final class RunningSluice implements AutoCloseable {

  private final Path pipes = Workspace.newFolder("pipes");
  private final ConfigurableApplicationContext context;
  private final int port;
  private final ExportsApi exports;

  /** One with more properties, such as {@code sluice.exports.max=1}. */
  RunningSluice(ChartTokens tokens, String... properties) {
    Stream<String> own =
        Stream.of(
            Stream.of(properties).anyMatch(property -> property.startsWith("server.port="))
                ? "sluice.health.port=-1" // the next one may not be free
                : "server.port=0",
            "sluice.nbd.port=0",
            "sluice.exports.roots=" + pipes,
            "sluice.exports.store=none",
            "sluice.security.tokens-file=" + tokens.file());
    context =
        new SpringApplicationBuilder(SluiceApplication.class)
            .run(
                Stream.concat(own, Stream.of(properties))
                    .map(property -> "--" + property)
                    .toArray(String[]::new));
    port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    exports = new ExportsApi(port, tokens.operator());
  }

  /** The address that scripts are given. */
  String address() {
    return "http://127.0.0.1:" + port;
  }

  /** The port of the API. */
  int port() {
    return port;
  }

  /** The port of NBD. */
  int nbdPort() {
    return Objects.requireNonNull(context.getBean(NbdServer.class).boundAddress()).getPort();
  }

  /** The API as an operator uses it. */
  ExportsApi exports() {
    return exports;
  }

  /** How many requests had no token, or none that suited. */
  long refused() {
    DeniedRequests refusals = context.getBean(DeniedRequests.class);
    return Stream.of(DeniedRequests.Reason.values()).mapToLong(refusals::count).sum();
  }

  Path pipes() {
    return pipes;
  }

  @Override
  public void close() {
    exports.close();
    context.close();
  }
}
