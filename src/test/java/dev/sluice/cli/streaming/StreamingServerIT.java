package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code sluice streaming} without a command: a server of one stream. */
class StreamingServerIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Disk DISK = Disks.random(16L * Disks.MIB);

  /** How /proc/net/tcp, or tcp6, shows that somebody listens on port 10809. */
  private static final Pattern LISTENS_ON_10809 = Pattern.compile(":2A39 0+:0000 0A");

  private final Path folder = Workspace.newFolder("server");

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  /** Starts one in a network of its own, where nobody else has the port. */
  private Command.Running startOnPort10809(String line) {
    Peers.requireRoot();
    Peers.require("unshare", "nsenter", "ip");
    Command.Running server =
        SluiceShell.script(folder, "ip link set lo up && exec " + line)
            .behind("unshare", "--net")
            .start();
    Path net = Path.of("/proc", Long.toString(server.pid()), "net");
    await()
        .atMost(LIMIT)
        .until(
            () ->
                LISTENS_ON_10809.matcher(Files.readString(net.resolve("tcp"))).find()
                    || LISTENS_ON_10809.matcher(Files.readString(net.resolve("tcp6"))).find());
    return server;
  }

  private Command inNetworkOf(Command.Running server, String script) {
    return SluiceShell.script(folder, script, DISK.path())
        .behind("nsenter", "--net", "--target", server.pid());
  }

  private Command.Running startOnSocket(String line) {
    Command.Running server = SluiceShell.script(folder, "exec sluice -U sock " + line).start();
    await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("sock")));
    return server;
  }

  private Command.Result nbdsh(String script) {
    return SluiceShell.script(
            folder, "/usr/bin/python3 -m nbd -u \"nbd+unix://?socket=$PWD/sock\" -c \"$1\"", script)
        .run();
  }

  private void assertOutputIsTheDisk() {
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(DISK.sha256());
  }

  /** The first example of nbdkit-streaming-plugin(1). */
  @Test
  void aClientWritesThePipe() {
    try (Command.Running server = startOnPort10809("sluice streaming write=./pipe")) {
      inNetworkOf(server, "cat pipe > output & nbdcopy \"$1\" nbd://localhost && wait")
          .run()
          .assertSucceeded();

      Command.Result result = server.await().assertSucceeded();
      assertThat(result.errors()).isEmpty();
      assertOutputIsTheDisk();
      assertThat(folder.resolve("pipe")).doesNotExist();
    }
  }

  /** The second one. As it has no size, the client has to know how much there is. */
  @Test
  void aClientReadsThePipe() {
    try (Command.Running server = startOnPort10809("sluice streaming read=./pipe")) {
      inNetworkOf(
              server,
              """
              cat "$1" > pipe &
              /usr/bin/python3 -m nbd -u nbd://localhost -c '
              with open("output", "wb") as output:
                  for i in range(16):
                      output.write(h.pread(1 << 20, i << 20))
              h.shutdown()'
              """)
          .run()
          .assertSucceeded();

      server.await().assertSucceeded();
      assertOutputIsTheDisk();
    }
  }

  @Test
  void aStreamThatFailsIsNoSuccess() {
    try (Command.Running server =
        startOnSocket("streaming write=./pipe size=1M --resume-timeout=100ms")) {
      SluiceShell.script(folder, "cat pipe > output & echo $! > reader").run().assertSucceeded();
      nbdsh("import os\nh.pwrite(b'x' * 524288, 0)\nos._exit(0)").assertSucceeded();

      Command.Result result = server.await();
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.errors()).contains("the stream is FAILED at 524288");
      assertThat(folder.resolve("sock")).doesNotExist();
    }
  }

  @Test
  void aSignalIsNoSuccess() {
    try (Command.Running server = startOnSocket("streaming write=./pipe")) {
      server.terminate();

      Command.Result result = server.await();
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.errors()).contains("the stream is FAILED at 0: SIGTERM has stopped it");
      assertThat(folder).isEmptyDirectory();
    }
  }

  /** When the number is there, clients can connect. */
  @Test
  void theNumberOfTheProcessIsWrittenAndStays() throws IOException {
    Path file = folder.resolve("pid");
    try (Command.Running server =
        SluiceShell.script(folder, "exec sluice -U sock -P pid streaming write=./pipe").start()) {
      await().atMost(LIMIT).until(() -> Files.exists(file) && Files.size(file) > 0);
      assertThat(file).hasContent(Long.toString(server.pid()));
      assertThat(folder.resolve("sock")).exists();
      server.terminate();
      server.await();
    }
    assertThat(file).exists();
  }

  @Test
  void aPortThatIsTakenIsSaidByItsOption() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Command.Result result =
          SluiceShell.script(folder, "sluice -p $1 streaming write=./pipe", taken.getLocalPort())
              .run();

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.errors()).startsWith("sluice: error: ").contains("-p").hasLineCount(1);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aFileIsNoPipe() {
    Command.Result result =
        SluiceShell.script(folder, "echo > file; sluice -U - streaming write=file").run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("file: it is a regular file; expected a FIFO");
  }
}
