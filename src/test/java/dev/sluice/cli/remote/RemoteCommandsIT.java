package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program as a client of the packaged service, in a shell and on a terminal. */
class RemoteCommandsIT {

  private static final Disk DISK = Disks.random(16L * Disks.MIB);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static SluiceProcess service;

  private final Path folder = Workspace.newFolder("client");

  @BeforeAll
  static void startService() {
    Peers.require("nbdcopy", "tmux");
    service = SluiceProcess.start();
  }

  @AfterAll
  static void stopService() {
    if (service != null) {
      service.close();
    }
  }

  /** A script whose $1 is the service's folder, and $2 a disk. */
  private Command script(String script) {
    String url = service.api().resolve("/").toString();
    return SluiceShell.script(
        folder, "export SLUICE_URL=" + url + "\n" + script, service.root(), DISK.path());
  }

  private String file(String name) throws Exception {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void aStreamIsMadeWatchedAndDeleted() throws Exception {
    Command.Result result =
        script(
                """
                sluice list --watch --interval=50ms > list & list=$!
                uri=$(sluice create disk write=$1/disk size=16M --rate-limit=8M --digest=SHA-256 |
                  sed 's/^disk created: //')
                cat $1/disk > copy & peer=$!
                sluice watch disk > watch & watch=$!
                nbdcopy "$2" "$uri" || exit 50
                wait $watch || exit 51
                wait $peer
                sluice delete disk || exit 52
                while ! grep -q DELETED list; do sleep 0.1; done
                kill $list
                """)
            .run()
            .assertSucceeded();

    assertThat(result.output()).isEqualTo("disk deleted\n");
    assertThat(Sha256.of(folder.resolve("copy"))).isEqualTo(DISK.sha256());
    assertThat(file("watch"))
        .contains("disk is COMPLETED: 16777216 bytes in ")
        .endsWith(DISK.sha256() + "  disk\n");
    List<String> states =
        file("list").lines().skip(1).map(line -> line.split(" +")[2]).distinct().toList();
    assertThat(states).containsExactly("WAITING", "STREAMING", "COMPLETED", "DELETED");
  }

  @Test
  void aTerminalHasABarThatBecomesTheTruth() throws Exception {
    service
        .api()
        .create(
            "bar", service.root().resolve("bar"), "write", DISK.size(), Map.of("rateLimit", "4M"));
    Command tmux = Command.of("tmux", "-f", "/dev/null", "-S", folder.resolve("tmux"));
    try (Command.Running peer = script("cat $1/bar > /dev/null").start();
        Command.Running session =
            script(
                    """
                    tmux -f /dev/null -S tmux new-session -d -x 90 -y 10 \
                      'sluice watch bar --interval=100ms; echo "status $?"; sleep 60'
                    """)
                .start()) {
      session.await().assertSucceeded();
      Command capture = tmux.with("capture-pane", "-p");
      await().atMost(LIMIT).until(() -> capture.run().output().contains("bar WAITING ["));
      try (Command.Running client =
          script("nbdcopy \"$2\" nbd+unix:///bar?socket=$1.sock").start()) {
        await()
            .atMost(LIMIT)
            .until(
                () ->
                    capture
                        .run()
                        .output()
                        .strip()
                        .matches(
                            "bar STREAMING \\[=*> *] \\d+%, [0-9.]+M of 16M, [0-9.]+ MiB/s, 0:0\\d"
                                + " left"));
        client.await().assertSucceeded();
      }
      await().atMost(LIMIT).until(() -> capture.run().output().contains("status"));
      assertThat(capture.run().output().strip())
          .matches("bar is COMPLETED: 16777216 bytes in [0-9.]+ s \\([0-9.]+ MiB/s\\)\nstatus 0");
      peer.await().assertSucceeded();
    } finally {
      tmux.with("kill-server").run();
    }
  }

  @Test
  void anInterruptLeavesNoHalfOfABar() throws Exception {
    service.api().create("held", service.root().resolve("held"), "write", 1000L, Map.of());
    Command tmux = Command.of("tmux", "-f", "/dev/null", "-S", folder.resolve("tmux"));
    try {
      script(
              """
              tmux -f /dev/null -S tmux new-session -d -x 90 -y 10 \
                'stty -echoctl; trap : INT; sluice watch held; echo "status $?"; sleep 60'
              """)
          .run()
          .assertSucceeded();
      Command capture = tmux.with("capture-pane", "-p");
      await().atMost(LIMIT).until(() -> capture.run().output().contains("held WAITING ["));

      tmux.with("send-keys", "C-c").run().assertSucceeded();

      await().atMost(LIMIT).until(() -> capture.run().output().strip().equals("status 130"));
    } finally {
      tmux.with("kill-server").run();
      service.api().delete("held", true);
    }
  }

  /**
   * A cache would bring in what the service needs. The class loader of the jar is Spring Boot's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"create spring write=$1/spring", "list", "get spring", "version"})
  void noneOfItLoadsSpring(String command) throws Exception {
    script(
            "JDK_JAVA_OPTIONS='-XX:AOTMode=off -Xlog:class+load:file=classes' sluice "
                + command
                + "; [ -s classes ] || exit 99")
        .run();

    assertThat(file("classes").lines())
        .filteredOn(line -> line.contains("org.springframework."))
        .filteredOn(line -> !line.contains("org.springframework.boot.loader."))
        .isEmpty();
  }

  @Test
  void outputThatGetsLostIsAFailure() {
    Command.Result result = script("sluice version > /dev/full").run();

    assertThat(result.exitCode()).isOne();
    assertThat(result.errors()).isEqualTo("sluice: error: standard output cannot be written to\n");
  }

  @Test
  void aWatchThatNobodyReadsAnyMoreEnds() throws Exception {
    script(
            """
            sluice create read write=$1/read || exit 50
            { sluice list --watch --interval=50ms; echo $? > status; } | {
              head -n 1
              exec < /dev/null
              sluice delete read
            }
            """)
        .run()
        .assertSucceeded();

    assertThat(file("status")).isEqualTo("1\n");
  }
}
