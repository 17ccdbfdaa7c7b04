package dev.sluice.deploy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A whole Kubernetes of one node in which pods run, in namespaces of its own on this machine. */
final class RealNode implements AutoCloseable {

  private static final Duration STARTS_WITHIN = Duration.ofMinutes(4);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup/memory");
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

  /** Requires what {@link #start} needs. Nobody can give a machine other cgroups than it has. */
  static void require() {
    Peers.requireRoot();
    assumeTrue(
        Files.isWritable(CGROUPS),
        "a node of Kubernetes needs cgroups of version 1, and nobody may change any in " + CGROUPS);
    Peers.require("unshare", "nsenter", "containerd", "runc", "iptables", "openssl", "python3");
    for (String program : new String[] {"kubelet", "helm"}) {
      Peers.requireFile(
          FOLDER.resolve("bin").resolve(program),
          "SLUICE_KUBERNETES names no folder of .ci/prepare with " + program);
    }
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
    Command.of("docker", "rmi", PAUSE).run().assertSucceeded();
    RealNode node = new RealNode(newFolder());
    try (Command.Running start =
        Command.of("env", "SLUICE_NODE_OWNER=" + ProcessHandle.current().pid())
            .with(SCRIPT, "start", FOLDER, node.run, images)
            .start()) {
      start.await(STARTS_WITHIN).assertSucceeded();
      return node;
    } catch (AssertionError e) {
      node.close();
      throw e;
    } finally {
      Workspace.remove(images);
    }
  }

  /** A program in it, with its administrator's rights. */
  Command command(Object... words) {
    return Command.of(SCRIPT, "run", run).with(words);
  }

  /** Runs kubectl to its end. */
  Command.Result kubectl(Object... arguments) {
    return command("kubectl").with(arguments).run();
  }

  /** What applies NetworkPolicies, since the node's own network does not. */
  Command applyPolicies() {
    String own = SCRIPT.resolveSibling("kubernetes-policies") + " https://127.0.0.1:6443 $HOME/pki";
    return command("sh", "-c", "exec " + System.getenv().getOrDefault("SLUICE_NODE_POLICIES", own));
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

  /** Ends it, and sees to it that no process and no mount is left of it. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(end);
    stop();
    Awaitility.await().atMost(ENDS_WITHIN).until(this::users, List::isEmpty);
  }

  /** The processes that have a part of it, on their command line or among their mounts. */
  private List<Path> users() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(process -> process.getFileName().toString().matches("[0-9]+"))
          .filter(process -> has(process.resolve("cmdline")) || has(process.resolve("mounts")))
          .toList();
    }
  }

  private boolean has(Path file) {
    try {
      return Files.readString(file, ISO_8859_1).contains(run.toString());
    } catch (IOException e) {
      return false; // the process has ended
    }
  }
}
