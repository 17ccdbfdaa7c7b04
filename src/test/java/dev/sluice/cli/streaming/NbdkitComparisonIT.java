package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same command lines for nbdkit, the one that is installed and 1.24, whose streaming plugin was
 * not deprecated yet.
 */
class NbdkitComparisonIT {

  private static final String SLUICE = "sluice %s streaming write=pipe --run";
  private static final String SHOW =
      "printf '%s\\n' \"$uri\" \"$nbd\" \"$unixsocket\" \"$port\" \"$exportname\"";

  private final Path folder = Workspace.newFolder("nbdkit");

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdkit");
  }

  /** How 1.24 is called, which has the streaming plugin; nothing where there is none. */
  private static Optional<String> nbdkit124() {
    Path root = Path.of(System.getenv().getOrDefault("NBDKIT_1_24_ROOT", "/nowhere"));
    return Files.isExecutable(root.resolve("usr/bin/nbdkit"))
        ? Optional.of("chroot " + root + " nbdkit")
        : Optional.empty();
  }

  /** Lines up to the command of --run. */
  private static List<String> nbdkits() {
    return Stream.concat(Stream.of("nbdkit"), nbdkit124().stream())
        .map(nbdkit -> nbdkit + " %s null --run")
        .toList();
  }

  private Command.Result run(String line, String options, String command) {
    return SluiceShell.script(folder, line.formatted(options) + " \"$1\"", command).run();
  }

  /** Without what is different in every run. */
  private static String masked(Command.Result result) {
    return result.output().replaceAll("/tmp/(sluice|nbdkit)[A-Za-z0-9]+/", "/tmp/FOLDER/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-U -",
        "-U - -e vm/1",
        "-U - --exportname 'a b'",
        "-p PORT",
        "-p PORT --export=\"it's\"",
        "--port=PORT -i 127.0.0.1 -e '?&=#%+'",
        "-fv -U -"
      })
  void theCommandHasTheSameVariables(String options) throws IOException {
    String all;
    try (ServerSocket free = new ServerSocket(0)) {
      all = options.replace("PORT", Integer.toString(free.getLocalPort()));
    }
    String shown = masked(run(SLUICE, all, SHOW));

    assertThat(shown.lines()).hasSize(5);
    for (String nbdkit : nbdkits()) {
      assertThat(shown).as(nbdkit).isEqualTo(masked(run(nbdkit, all, SHOW)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 3", "exit 255", "kill -KILL $$", "kill -TERM $$", "no-such"})
  void theStatusIsTheSame(String command) {
    int exitCode = run(SLUICE, "-U -", command).exitCode();

    for (String nbdkit : nbdkits()) {
      assertThat(exitCode).as(nbdkit).isEqualTo(run(nbdkit, "-U -", command).exitCode());
    }
  }

  /** It is 1 there, and 2 here, as other programs have it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-U - streaming | read=",
        "-U - streaming read=a write=b | write",
        "-U - streaming write=a size=1Q | size",
        "-U - streaming write=a colour=red | unknown parameter 'colour'",
        "-U - streaming write= | ",
        "-U - -p 1 streaming write=a | cannot be used in this combination",
        "--no-such-option streaming write=a | option"
      })
  void theSameMakesNoSense(String line, String text) {
    Command.Result here = SluiceShell.script(folder, "sluice " + line + " --run true").run();
    assumeTrue(nbdkit124().isPresent());
    Command.Result there =
        SluiceShell.script(folder, "%s %s --run true".formatted(nbdkit124().orElseThrow(), line))
            .run();

    assertThat(here.exitCode()).isEqualTo(2);
    assertThat(there.exitCode()).isEqualTo(1);
    String both = text == null ? "" : text;
    assertThat(here.errors()).contains(both);
    assertThat(there.errors()).contains(both);
    assertThat(folder).isEmptyDirectory();
  }
}
