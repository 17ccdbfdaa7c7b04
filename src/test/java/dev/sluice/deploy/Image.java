package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectImageResponse;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/**
 * The shipped image, built from the Dockerfile once a run: a second process of tests waits for the
 * first one's build, and finds all of it in the engine's cache.
 */
final class Image {

  static final String NAME = "sluice-test/sluice:it";
  static final String VERSION = "1.2.3-it";

  private static final int BUILD_MINUTES = 15;
  private static final Path LOCK = Path.of("target", "image.lock");

  private static boolean built;

  private Image() {}

  /** Requires docker, and builds the image if nobody has yet. */
  static synchronized void require() throws IOException, InterruptedException {
    Peers.requireDocker();
    if (built) {
      return;
    }
    try (FileChannel file =
            FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      assertThat(lock.isValid()).isTrue();
      build();
    }
    built = true;
  }

  private static void build() throws IOException, InterruptedException {
    Path log = Workspace.newPath("image");
    Process build =
        new ProcessBuilder(
                "docker", "build", "--build-arg", "VERSION=" + VERSION, "--tag", NAME, ".")
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)).as("built in time").isTrue();
      assertThat(build.exitValue()).as("docker build: %s", Files.readString(log)).isZero();
    } finally {
      build.destroyForcibly();
    }
  }

  /** What the engine says about it. */
  static InspectImageResponse inspect() {
    return DockerClientFactory.instance().client().inspectImageCmd(NAME).exec();
  }
}
