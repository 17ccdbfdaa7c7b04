package dev.sluice.deploy;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.WaitResponse;
import dev.sluice.testing.ExportsApi;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import tools.jackson.databind.JsonNode;

/** A container of the image in which the service runs, until it is closed. */
final class SluiceContainer implements AutoCloseable {

  static final int SIGTERM_EXIT = 128 + 15;

  private static final String TOKEN = "0123456789abcdef";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int API_PORT = 8080;
  private static final int HEALTH_PORT = 8081;

  private final GenericContainer<?> container;
  private ExportsApi exports;

  /** The service in a container that has not been started yet. */
  SluiceContainer(GenericContainer<?> container) {
    this.container =
        container
            .withExposedPorts(API_PORT, HEALTH_PORT)
            .withEnv("SLUICE_NBD_ADVERTISED_HOST", "sluice")
            .withEnv("SLUICE_SECURITY_TOKENS", TOKEN)
            .waitingFor(Wait.forHttp("/readyz").forPort(HEALTH_PORT));
  }

  /** A container of the image as a cautious operator has it. */
  static GenericContainer<?> cautious(int uid) {
    return new GenericContainer<>(Image.NAME)
        .withTmpFs(Map.of("/tmp", "rw"))
        .withCreateContainerCmdModifier(
            command -> {
              command.withUser(uid + ":" + uid);
              command.getHostConfig().withReadonlyRootfs(true);
            });
  }

  /** Starts it and waits until it is ready. */
  SluiceContainer start() {
    container.start();
    exports = new ExportsApi(container.getMappedPort(API_PORT), TOKEN);
    return this;
  }

  ExportsApi exports() {
    return exports;
  }

  /** What a path answers, with status 200. */
  JsonNode get(String path) {
    return exports.read(path);
  }

  /** Runs a program inside to its end. */
  ExecResult run(String... command) throws IOException, InterruptedException {
    return container.execInContainer(command);
  }

  /** Its address in the network of its pod, which this machine reaches. */
  String address() {
    return inspect().getNetworkSettings().getNetworks().values().iterator().next().getIpAddress();
  }

  /** What the engine says of it now. */
  InspectContainerResponse inspect() {
    return container.getCurrentContainerInfo();
  }

  /** What its HEALTHCHECK has found. */
  boolean isHealthy() {
    return container.isHealthy();
  }

  /** Everything it has printed, also after its end. */
  String log() {
    return container.getLogs();
  }

  /** Asks it to end (SIGTERM), and does not wait. */
  void terminate() {
    container
        .getDockerClient()
        .killContainerCmd(container.getContainerId())
        .withSignal("TERM")
        .exec();
  }

  /** Waits for its end, but not for ever; its exit code. */
  int awaitExit(Duration limit) {
    return awaitExit(container, limit);
  }

  /** The same of any container. */
  static int awaitExit(GenericContainer<?> container, Duration limit) {
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    ResultCallback.Adapter<WaitResponse> callback =
        new ResultCallback.Adapter<>() {
          @Override
          public void onNext(WaitResponse end) {
            exit.complete(end.getStatusCode());
          }
        };
    container.getDockerClient().waitContainerCmd(container.getContainerId()).exec(callback);
    try (callback) {
      return exit.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no end within " + limit + ": " + container.getLogs(), e);
    } catch (ExecutionException | IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (exports != null) {
      exports.close();
    }
    container.stop();
  }
}
