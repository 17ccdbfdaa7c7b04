package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Clients that speak extended headers, libnbd 1.22 and qemu 10, in a container that shares the
 * network and the {@link Workspace} with the tests.
 */
public final class NewerClients {

  private static final String IMAGE = "sluice-test/newer-clients:it";
  private static final String FOLDER = "src/test/docker/newer-clients";
  private static final int BUILD_MINUTES = 10;

  private static boolean built;

  private NewerClients() {}

  /** Requires docker, and builds the image, once. */
  public static synchronized void require() throws IOException, InterruptedException {
    Peers.requireDocker();
    if (built) {
      return;
    }
    Path log = Workspace.newPath("build");
    Process build =
        new ProcessBuilder("docker", "build", "--tag", IMAGE, FOLDER)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)).as("built in time").isTrue();
      assertThat(build.exitValue()).as("docker build, see %s", log).isZero();
    } finally {
      build.destroyForcibly();
    }
    built = true;
  }

  /** A program of the image. */
  public static Command of(Object... words) {
    String shared = Workspace.folder() + ":" + Workspace.folder();
    return Command.of("docker", "run", "--rm", "--network", "host", "--volume", shared, IMAGE)
        .with(words);
  }

  /** A Python script for the image's libnbd module; arguments from sys.argv[1]. */
  public static Command python(String script, Object... arguments) {
    return of("python3", "-c", script).with(arguments);
  }
}
