package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A whole Kubernetes of one node in which pods run, in namespaces of its own on this machine. */
final class RealNode implements AutoCloseable {

  private static final Duration STARTS_WITHIN = Duration.ofMinutes(4);
  private static final Path SCRIPT = Path.of("src/test/scripts/kubernetes-node").toAbsolutePath();
  private static final Path FOLDER =
      Path.of(System.getenv().getOrDefault("SLUICE_KUBERNETES", "/nonexistent"));
  private static final String PAUSE = "sluice-test/pause:it";

  private final Path run;
  private final Thread end = new Thread(this::stop);

  private RealNode(Path run) {
    this.run = run;
    Runtime.getRuntime().addShutdownHook(end);
  }

  /** Requires what {@link #start} needs. */
  static void require() {
    Peers.requireRoot();
    Peers.require("unshare", "nsenter", "containerd", "runc", "iptables", "openssl", "python3");
    for (String program : new String[] {"kubelet", "helm"}) {
      Peers.requireFile(
          FOLDER.resolve("bin").resolve(program),
          "SLUICE_KUBERNETES names no folder of .ci/prepare with " + program);
    }
    Peers.requireFile(Path.of("/sys/fs/cgroup/memory"), "this machine has no cgroups of version 1");
  }

  /** Starts one that has an image of the docker engine. */
  static RealNode start(String image) {
    Path images = Workspace.newPath("images");
    Command.shell(
            "tar -C \"$1\" -c pause | docker import -c 'ENTRYPOINT [\"/pause\"]' - \"$2\"",
            FOLDER.resolve("bin"),
            PAUSE)
        .run()
        .assertSucceeded();
    Command.of("docker", "save", "-o", images, image, PAUSE).run().assertSucceeded();
    RealNode node = new RealNode(newFolder());
    try (Command.Running start =
        Command.of(SCRIPT, "start", FOLDER, node.run).with(images).start()) {
      start.await(STARTS_WITHIN).assertSucceeded();
    } finally {
      Workspace.remove(images);
    }
    return node;
  }

  /** A program in it, with its administrator's rights. */
  Command command(Object... words) {
    return Command.of(SCRIPT, "run", run).with(words);
  }

  /** Runs kubectl to its end. */
  Command.Result kubectl(Object... arguments) {
    return command("kubectl").with(arguments).run();
  }

  /** Has it take a document. */
  void apply(String namespace, String yaml) {
    Path file = Workspace.newPath("yaml");
    try {
      Files.writeString(file, yaml);
      kubectl("-n", namespace, "apply", "-f", file).assertSucceeded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Workspace.remove(file);
    }
  }

  /** Kills the process of Sluice in a pod (SIGKILL), and nothing else of the pod. */
  void killSluice(String pod) {
    String killed =
        command(
                "sh",
                "-c",
                """
                for pid in $(grep -lzs "^POD_NAME=$1$" /proc/[0-9]*/environ | cut -d / -f 3); do
                  case $(readlink "/proc/$pid/exe") in */java) kill -KILL "$pid" && echo "$pid" ;; esac
                done
                """,
                "sh",
                pod)
            .run()
            .assertSucceeded()
            .output();
    assertThat(killed.lines()).as("processes of Sluice in " + pod).hasSize(1);
  }

  /** Not in the workspace, since paths of sockets are short, and images large. */
  private static Path newFolder() {
    try {
      return Files.createTempDirectory("sluice-node-").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stop() {
    Command.of(SCRIPT, "stop", run).run().assertSucceeded();
    Workspace.remove(run);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(end);
    stop();
  }
}
