package dev.sluice.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The foreign programs that a test needs. Where one is missing the test is skipped; with {@code
 * SLUICE_PEERS=required} in the environment it fails instead, so that a build which must see every
 * peer cannot pass without one.
 */
public final class Peers {

  private static final boolean REQUIRED = "required".equals(System.getenv("SLUICE_PEERS"));
  private static final int DOCKER_ANSWERS_WITHIN_SECONDS = 20;

  private Peers() {}

  /** Requires programs to be on the {@code PATH}. */
  public static void require(String... programs) {
    for (String program : programs) {
      if (!onPath(program)) {
        missing(program + " is not on the PATH");
      }
    }
  }

  /** Requires a file that is made by preparing the machine. */
  public static void requireFile(Path file, String otherwise) {
    if (!Files.exists(file)) {
      missing(otherwise);
    }
  }

  /** Requires the docker client and an engine that answers it. */
  public static void requireDocker() {
    require("docker");
    if (!dockerAnswers()) {
      missing("no docker engine answers 'docker version'");
    }
  }

  /** Requires the tests to run as root. */
  public static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      missing("the tests do not run as root");
    }
  }

  /** Requires {@code ip}, and that it can make network namespaces, as root can. */
  public static void requireNetworkNamespaces() {
    require("ip");
    if (!hasNetworkNamespaces()) {
      missing("'ip netns add' does not work here");
    }
  }

  /** Requires this machine to have IPv6, which containers often lack. */
  public static void requireIpv6() {
    try (ServerSocket _ = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      // There is.
    } catch (IOException e) {
      missing("there is no IPv6 here");
    }
  }

  /** Whether network namespaces can be made. */
  public static boolean hasNetworkNamespaces() {
    return onPath("ip") && Link.isPossible();
  }

  private static void missing(String what) {
    if (REQUIRED) {
      fail(what + ", and SLUICE_PEERS=required");
    }
    abort(what);
  }

  private static boolean onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static boolean dockerAnswers() {
    try {
      Process docker =
          new ProcessBuilder("docker", "version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        return docker.waitFor(DOCKER_ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS)
            && docker.exitValue() == 0;
      } finally {
        docker.destroyForcibly();
      }
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
