package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Peers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shipped image, built and run as a cautious operator would run it. */
class ImageIT {

  private static final String IMAGE = "sluice-test/sluice:it";
  private static final int MIB = 1024 * 1024;
  private static final int SIZE = 64 * MIB;
  private static final long BUILD_MINUTES = 15;
  private static final long COPY_MINUTES = 2;
  private static final int SIGTERM_EXIT = 128 + 15;

  private static boolean built;

  private final int uid = ThreadLocalRandom.current().nextInt(20_000, 60_000);
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private GenericContainer<?> sluice;

  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    Peers.requireDocker();
    if (!built) {
      run(BUILD_MINUTES, "docker", "build", "--tag", IMAGE, ".");
      built = true;
    }
    sluice =
        new GenericContainer<>(IMAGE)
            .withExposedPorts(8080, 10809)
            .withTmpFs(Map.of("/run/sluice", "rw", "/tmp", "rw"))
            .withCreateContainerCmdModifier(
                command -> {
                  command.withUser(uid + ":" + uid);
                  command.getHostConfig().withReadonlyRootfs(true);
                })
            .waitingFor(Wait.forHttp("/actuator/health").forPort(8080));
    sluice.start();
  }

  @AfterEach
  void stop() {
    http.close();
    if (sluice != null) {
      sluice.stop();
    }
  }

  @Test
  void itIsHealthyAsAnyUserOnAReadOnlyRoot() throws Exception {
    assertThat(get("/actuator/health").get("status").asString()).isEqualTo("UP");
    assertThat(get("/actuator/health/liveness").get("status").asString()).isEqualTo("UP");
    assertThat(get("/actuator/health/readiness").get("status").asString()).isEqualTo("UP");
    assertThat(sluice.execInContainer("id", "-u").getStdout().strip()).isEqualTo("" + uid);
    assertThat(sluice.execInContainer("touch", "/opt/sluice/x").getStderr())
        .contains("Read-only file system");
    await().atMost(Duration.ofSeconds(60)).until(sluice::isHealthy);
  }

  @Test
  void itStopsOnSigterm() {
    sluice.getDockerClient().stopContainerCmd(sluice.getContainerId()).withTimeout(30).exec();

    assertThat(sluice.getCurrentContainerInfo().getState().getExitCodeLong())
        .isEqualTo(SIGTERM_EXIT);
  }

  @Test
  void aDiskWrittenByNbdcopyComesOutOfThePipe() throws Exception {
    Peers.require("nbdcopy");
    String pipe = "/run/sluice/disk.pipe";
    Path disk = folder.resolve("disk");
    String digest = writeRandom(disk);
    create("disk", pipe);

    try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ExecResult> read = reader.submit(() -> sluice.execInContainer("sha256sum", pipe));
      String uri = "nbd://" + sluice.getHost() + ":" + sluice.getMappedPort(10809) + "/disk";
      run(COPY_MINUTES, "nbdcopy", disk.toString(), uri);

      assertThat(read.get(COPY_MINUTES, TimeUnit.MINUTES).getStdout()).startsWith(digest + " ");
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(get("/exports/disk").get("state").asString()).isEqualTo("COMPLETED"));
    assertThat(get("/exports/disk").get("position").asLong()).isEqualTo(SIZE);
  }

  private void create(String name, String path) throws Exception {
    Map<String, Object> export =
        Map.of("name", name, "path", path, "direction", "write", "size", SIZE);
    HttpResponse<String> created =
        http.send(
            HttpRequest.newBuilder(uri("/exports"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(export)))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(json.readTree(created.body()).get("uris").get(0).asString())
        .isEqualTo("nbd://localhost:10809/" + name);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json.readTree(response.body());
  }

  private URI uri(String path) {
    return URI.create("http://" + sluice.getHost() + ":" + sluice.getMappedPort(8080) + path);
  }

  /** Fills a file with random bytes and returns their SHA-256. */
  private static String writeRandom(Path file) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    Random random = new Random(10809);
    byte[] chunk = new byte[MIB];
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), sha256)) {
      for (int written = 0; written < SIZE; written += chunk.length) {
        random.nextBytes(chunk);
        out.write(chunk);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** Runs a program to its end, which has to be a success. */
  private static void run(long minutes, String... command) throws Exception {
    Path log = Path.of("target", command[0] + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(minutes, TimeUnit.MINUTES)).as("%s ends", command[0]).isTrue();
      assertThat(process.exitValue())
          .as("%s: %s", String.join(" ", command), Files.readString(log))
          .isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
