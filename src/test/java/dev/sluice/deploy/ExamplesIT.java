package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sidecars of the example values, as rendered, at work beside a running service. */
class ExamplesIT {

  private static final long SIZE = 16L << 20;
  private static final Path DISK = Disks.random(SIZE).path();

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static ChartTokens tokens;
  private static RunningSluice sluice;

  private final Path scratch = Workspace.newFolder("scratch");

  @BeforeAll
  static void start() {
    Peers.require("bash", "curl", "gzip", "nbdcopy");
    tokens = ChartTokens.of(Chart.render());
    sluice = new RunningSluice(tokens);
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @Test
  void aWholeDiskIsSavedAndACancelledOneIsNot() throws IOException {
    Path pipes = sluice.pipes().resolve("backup");
    Path bucket = Workspace.newFolder("bucket");
    // In the place of the two programs that are made for it.
    program("zstd", "exec gzip -1 -c");
    program(
        "rclone",
        """
        case $1 in
          rcat) exec cat > "$2";;
          moveto) exec mv "$2" "$3";;
          deletefile) exec rm "$2";;
        esac
        """);
    try (Command.Running sidecar =
        sidecar("backup-to-s3", "backup", pipes, "BUCKET=" + bucket).start()) {
      await().atMost(LIMIT).until(() -> Files.isDirectory(pipes));
      URI whole = create("whole", pipes, "write");
      Command.of("nbdcopy", DISK, whole).run().assertSucceeded();
      create("cut", pipes, "write");
      await().atMost(LIMIT).until(() -> Files.exists(bucket.resolve("cut.zst.part")));
      assertThat(sluice.exports().delete("cut", true)).isEqualTo(204);

      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(sidecar.outputSoFar()).contains("whole: saved"));
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(sidecar.outputSoFar()).contains("cut: not saved"));
      assertThat(bucket.toFile().list()).containsExactly("whole.zst");
      Path restored = Workspace.newPath("restored");
      Command.of("gzip", "-dc", bucket.resolve("whole.zst")).into(restored).run().assertSucceeded();
      assertThat(Sha256.of(restored)).isEqualTo(Sha256.of(DISK));
    }
  }

  @Test
  void anImageIsImportedAndAMissingOneFails() throws IOException {
    Path pipes = sluice.pipes().resolve("import");
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/images/there",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, SIZE);
            Files.copy(DISK, exchange.getResponseBody());
          }
        });
    web.start();
    String from = "FROM=http://127.0.0.1:%d/images".formatted(web.getAddress().getPort());
    try (Command.Running sidecar = sidecar("import-from-http", "import", pipes, from).start()) {
      await().atMost(LIMIT).until(() -> Files.isDirectory(pipes));
      Path copy = Workspace.newPath("copy");
      URI there = create("there", pipes, "read");
      Command.of("nbdcopy", there, copy).run().assertSucceeded();
      URI missing = create("missing", pipes, "read");
      Command.of("nbdcopy", missing, Workspace.newPath("nothing")).run().assertFailed();

      assertThat(Sha256.of(copy)).isEqualTo(Sha256.of(DISK));
      sluice.exports().awaitState("there", "COMPLETED");
      sluice.exports().awaitState("missing", "FAILED");
      await().atMost(LIMIT).until(() -> scratch.toFile().list().length == 0);
      assertThat(sluice.refused()).isZero();
      assertThat(sidecar.outputSoFar()).contains("there: sent", "missing: not sent");
    } finally {
      web.stop(0);
    }
  }

  private URI create(String name, Path pipes, String direction) {
    return sluice
        .exports()
        .create(name, pipes.resolve(name + ".pipe"), direction, SIZE, Map.of())
        .uris()
        .getFirst();
  }

  /** The example's container, with its folders and addresses replaced by this test's. */
  private Command sidecar(String example, String name, Path pipes, String more) {
    Container container =
        Chart.render(Chart.FOLDER.resolve("examples").resolve(example + ".yaml")).container(name);
    assertThat(container.getCommand()).containsExactly("bash", "-c");
    String script = container.getArgs().getFirst().replace("/tmp/", scratch + "/");
    String path = "PATH=" + scratch + ":" + System.getenv("PATH");
    return Command.of("env", path, "API=" + sluice.address(), "PIPES=" + pipes, more)
        .with("TOKEN_FILE=" + tokens.viewerFile(), "bash", "-c", script);
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(scratch.resolve(name), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
