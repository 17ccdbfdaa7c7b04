package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Folder;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code sluice streaming --run} ends. */
class CaptiveEndIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Disk DISK = Disks.random(16L * Disks.MIB);

  /** Tells what it gets, and ends by that. */
  private static final String TRAPS =
      "trap \"echo > trapped; exit 5\" TERM INT HUP; echo > started; cat never";

  private final Path folder = Workspace.newFolder("captive");

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  @BeforeEach
  void makePipes() {
    Folder.makeFifo(folder.resolve("pipe"));
    Folder.makeFifo(folder.resolve("never"));
  }

  private Command sluice(String options, String command) {
    return SluiceShell.script(
        folder, "exec sluice -U - streaming %s --run \"$1\"".formatted(options), command);
  }

  /** The same with somebody who reads the pipe. */
  private Command.Result read(String options, String command) {
    return SluiceShell.script(
            folder,
            """
            cat pipe > output &
            sluice -U - streaming write=./pipe %s --run "$1"
            code=$?
            kill $! 2> /dev/null
            wait
            exit $code
            """
                .formatted(options),
            command)
        .run();
  }

  private static String copy() {
    return "nbdcopy '%s' \"$uri\"".formatted(DISK.path());
  }

  private static String nbdsh(String script) {
    return "/usr/bin/python3 -m nbd -u \"$uri\" -c '%s'".formatted(script);
  }

  @ParameterizedTest
  @CsvSource({
    "exit 3, 3",
    "exit 255, 255",
    "kill -KILL $$, 137",
    "kill -TERM $$, 143",
    "no-such-program, 127"
  })
  void theStatusIsTheCommands(String command, int exitCode) {
    Command.Result result = sluice("write=./pipe", command).run();

    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(result.errors())
        .contains("sluice: error: the stream is WAITING at 0, and waits for a client");
  }

  @Test
  void theStatusIsTheCommandsWhenTheStreamIsComplete() {
    Command.Result result = read("", copy() + "; exit 7");

    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.errors()).isEmpty();
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(DISK.sha256());
  }

  @Test
  void aCommandThatNeverConnectsIsNoSuccess() {
    Command.Result result = sluice("write=./pipe", "true").run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("the stream is WAITING at 0, and waits for a client");
  }

  @Test
  void aCommandThatEndsBeforeTheStreamHasIsNoSuccess() {
    Command.Result result = read("size=1M", nbdsh("h.pwrite(b\"x\" * 524288, 0)\nh.shutdown()"));

    assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
    assertThat(result.errors()).contains("the stream is ", " at 524288", "could not be finished");
  }

  /** A goodbye within the head says nothing; but the command's success does. */
  @Test
  void aShortStreamIsCompleteByTheCommandsSuccess() {
    read("", nbdsh("h.pwrite(b\"x\" * 512, 0)\nh.shutdown()")).assertSucceeded();

    assertThat(folder.resolve("output")).hasContent("x".repeat(512));
  }

  @Test
  void aShortStreamIsNotCompleteWithoutIt() {
    Command.Result result = read("", nbdsh("h.pwrite(b\"x\" * 512, 0)\nh.shutdown()") + "; exit 4");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.errors()).contains("the stream is ");
  }

  @Test
  void aClientThatIsLeftBehindFailsTheStream() {
    Command.Result result =
        read(
            "",
            "mkfifo ready; "
                + nbdsh(
                    "import select\n"
                        + "h.pwrite(b\"x\" * 524288, 0)\n"
                        + "open(\"ready\", \"w\").close()\n"
                        + "select.select([h.aio_get_fd()], [], [])")
                + " & cat ready");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors())
        .contains("the stream is FAILED", "the command has ended, and has left a client behind");
  }

  @Test
  void aChildThatIsLeftBehindDoesNotMatter() {
    Command.Result result = read("", copy() + "; mkfifo hold; cat hold > /dev/null &");
    SluiceShell.script(folder, ": > hold").run().assertSucceeded();

    result.assertSucceeded();
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(DISK.sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aSignalIsPassedOn(String signal) {
    try (Command.Running running =
        sluice("write=./pipe", TRAPS).behind("env", "--default-signal").start()) {
      await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("started")));
      Command.signal(signal, running.pid()).assertSucceeded();

      Command.Result result = running.await();
      assertThat(result.exitCode()).as(result.toString()).isEqualTo(5);
      assertThat(result.errors()).contains("SIG" + signal + " has stopped it");
      assertThat(folder.resolve("trapped")).exists();
    }
  }

  /** What does not end by a signal is killed. */
  @Test
  void aCommandThatIgnoresSignalsIsKilled() {
    try (Command.Running running =
        sluice("write=./pipe", "trap \"\" TERM; echo > started; cat never").start()) {
      await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("started")));
      running.terminate();

      assertThat(running.await().exitCode()).isEqualTo(137);
    }
  }

  @Test
  void theEndOfTheParentIsTheEnd() throws Exception {
    try (Command.Running parent =
        SluiceShell.script(
                folder,
                "sluice -U - --exit-with-parent streaming write=./pipe --run \"$1\" & echo $! > pid;"
                    + " wait",
                TRAPS)
            .start()) {
      await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("started")));
      long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      Command.signal("KILL", parent.pid()).assertSucceeded();

      await().atMost(LIMIT).until(() -> !ProcessHandle.of(pid).isPresent());
      assertThat(folder.resolve("trapped")).exists();
    }
  }

  @Test
  void aFifoThatNobodyReadsFailsTheStream() {
    Command.Result result = sluice("write=./pipe --peer-timeout=500ms", copy()).run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("the stream is FAILED at 0: no peer opened the endpoint");
  }

  @Test
  void aReaderThatLeavesFailsTheStream() {
    Command.Result result =
        SluiceShell.script(
                folder,
                """
                head -c 1000 pipe > output &
                sluice -U - streaming write=./pipe --run "$1"
                """,
                copy())
            .run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("the stream is FAILED", "the peer closed its end");
  }

  @Test
  void theNumberOfTheProcessIsWritten() throws Exception {
    Command.Result result = sluice("write=./pipe -P pid", "cat pid; echo $PPID").run();

    assertThat(result.output().lines().distinct()).hasSize(1);
    assertThat(folder.resolve("pid")).hasContent(result.output().lines().findFirst().orElseThrow());
  }
}
