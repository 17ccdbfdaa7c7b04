package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipe that is called {@code -}: standard input, or standard output. */
class StandardPipeIT {

  private static final Disk DISK = Disks.random(64L * Disks.MIB);

  private final Path folder = Workspace.newFolder("standard");

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "gzip", "socat", "perl");
  }

  private Command.Result run(String script) {
    return SluiceShell.script(folder, script, DISK.path(), DISK.size()).run();
  }

  private void assertStatus(int exitCode) {
    assertThat(folder.resolve("status")).hasContent(Integer.toString(exitCode));
  }

  private void assertOutputIsTheDisk() {
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(DISK.sha256());
  }

  @Test
  void aDiskGoesThroughStandardOutputAndComesBackThroughStandardInput() {
    Command.Result result =
        run(
            """
            qemu-img convert -f raw -O qcow2 "$1" disk.qcow2
            { sluice -U - streaming write=- --run 'qemu-img convert -n disk.qcow2 -O raw $nbd'
              echo $? > status
            } | gzip -1 > disk.gz
            gunzip < disk.gz |
              sluice -U - streaming read=- size=$2 --run 'nbdcopy "$uri" output'
            """);

    result.assertSucceeded();
    assertThat(result.errors()).isEmpty();
    assertStatus(0);
    assertOutputIsTheDisk();
  }

  /** It would get into the stream. */
  @Test
  void whatTheCommandPrintsGoesToStandardError() {
    Command.Result result =
        run(
            """
            { sluice -U - -v streaming write=- --run "echo noise; nbdcopy '$1' \\$uri"
              echo $? > status
            } | cat > output
            """);

    assertThat(result.errors()).contains("noise\n", "sluice: info: ");
    assertStatus(0);
    assertOutputIsTheDisk();
  }

  /** It would be missing in the stream. */
  @Test
  void theCommandCannotTakeStandardInput() {
    Command.Result result =
        run(
            """
            cat "$1" | sluice -U - streaming read=- size=$2 --run 'wc -c; nbdcopy "$uri" output'
            """);

    result.assertSucceeded();
    assertThat(result.output()).isEqualTo("0\n");
    assertOutputIsTheDisk();
  }

  @Test
  void aReaderThatHasEnoughFailsTheStream() {
    Command.Result result =
        run(
            """
            { sluice -U - streaming write=- --run "nbdcopy '$1' \\$uri"
              echo $? > status
            } | head -c 1000 > output
            """);

    assertStatus(1);
    assertThat(result.errors()).contains("the stream is FAILED", "the peer closed its end");
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(Sha256.of(DISK.path(), 0, 1000));
  }

  /** It has written and ended before this program began. */
  @ParameterizedTest
  @ValueSource(strings = {"cat written |", "mkfifo named; cat written > named & < named"})
  void anInputMayHaveEndedLongAgo(String input) {
    run("head -c 4096 \"$1\" > written\n"
            + input
            + " sluice -U - streaming read=- size=4k --run 'nbdcopy \"$uri\" output'")
        .assertSucceeded();

    assertThat(folder.resolve("output")).hasSameBinaryContentAs(folder.resolve("written"));
  }

  @Test
  void anInputThatIsTooShortFailsTheStream() {
    Command.Result result =
        run("echo hello | sluice -U - streaming read=- size=1M --run 'nbdcopy \"$uri\" output'");

    result.assertFailed();
    assertThat(result.errors()).contains("the stream is FAILED");
  }

  @Test
  void othersMayWriteBeforeAndAfter() {
    run("""
        { printf head
          sluice -U - streaming write=- --run "nbdcopy '$1' \\$uri"
          printf tail
        } | cat > output
        """)
        .assertSucceeded();

    Path output = folder.resolve("output");
    assertThat(output).hasSize(DISK.size() + 8);
    assertThat(Sha256.of(output, 4, DISK.size())).isEqualTo(DISK.sha256());
  }

  @Test
  void theDigestIsThatOfStandardInput() {
    Command.Result result =
        run(
            "cat \"$1\" | sluice -U - streaming read=- size=$2 --digest=SHA-256"
                + " --run 'nbdcopy \"$uri\" output'");

    assertThat(result.errors()).isEqualTo(DISK.sha256() + "  -\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "streaming write=- --run true > file",
        "streaming write=- --run true > /dev/null",
        "streaming read=- --run true < /dev/null",
        "streaming read=- --run true < /etc/passwd"
      })
  void onlyAPipeWillDo(String line) {
    Command.Result result = run("sluice -U - " + line);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("it is no pipe; expected one, such as");
  }

  /** As sshd has it, which gives a program a pair of sockets. */
  @Test
  void aUnixSocketWillDoAsWell() {
    Command.Result result =
        run(
            """
            cat > save <<'END'
            printf head
            sluice -U - streaming write=- --run "nbdcopy '$1' \\$uri"
            echo $? > status
            printf tail
            END
            cat > restore <<'END'
            sluice -U - streaming read=- size=$2 --run 'nbdcopy "$uri" output'
            END
            socat -u "EXEC:bash save $1" OPEN:saved,creat
            socat -u "OPEN:$1" "EXEC:bash restore $1 $2"
            """);

    result.assertSucceeded();
    assertThat(result.errors()).isEmpty();
    assertStatus(0);
    assertThat(folder.resolve("saved")).hasSize(DISK.size() + 8);
    assertThat(Sha256.of(folder.resolve("saved"), 4, DISK.size())).isEqualTo(DISK.sha256());
    assertOutputIsTheDisk();
  }

  @Test
  void aSocketWhoseReaderHasEnoughFailsTheStream() {
    Command.Result result =
        run(
            """
            cat > save <<'END'
            trap : TERM # by which socat ends it
            sluice -U - streaming write=- --run "nbdcopy '$1' \\$uri"
            echo $? > status
            END
            socat -u "EXEC:bash save $1" 'SYSTEM:head -c 1000 > output'
            while [ ! -s status ]; do sleep 0.05; done
            """);

    assertStatus(1);
    assertThat(result.errors()).contains("the stream is FAILED", "the peer closed its end");
  }

  /** Linux tells that a byte was acknowledged, and not that anybody has read it. */
  @Test
  void aSocketOfTcpWillNotDo() {
    Command.Result result =
        run(
            """
            perl -MIO::Socket -e '
              $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1");
              $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $server->sockport);
              $peer = $server->accept;
              open STDOUT, ">&", $peer;
              exec @ARGV' sluice -U - streaming write=- --run true
            """);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors())
        .contains("no connected Unix stream socket; expected that or a pipe");
  }

  @Test
  void standardErrorMayNotBeTheSamePipe() {
    Command.Result result =
        run("{ sluice -U - streaming write=- --run true 2>&1; echo $? > status; } | cat");

    assertStatus(1);
    assertThat(result.output()).contains("standard error is the same, so");
  }

  @Test
  void nobodyCanConnectToIt() {
    Command.Result result = run("sluice -U - streaming write=- --listen --run true | cat");

    assertThat(result.errors()).contains("--listen cannot be used with -");
  }
}
