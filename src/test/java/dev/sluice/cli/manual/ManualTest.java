package dev.sluice.cli.manual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Cli;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ManualTest {

  private static final CommandSpec ALL = Cli.model().getCommandSpec();

  private final Path folder = Workspace.newFolder("manual");

  @BeforeEach
  void write() throws IOException {
    Manual.main(new String[] {folder.toString(), "1.2-SNAPSHOT", "2026-11-22T00:00:00Z"});
  }

  @AfterEach
  void remove() {
    Workspace.remove(folder);
  }

  private String bash(String typed) {
    return Command.of("bash", "-c")
        .with(
            """
            . "$1"
            read -ra COMP_WORDS <<< "$2"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
            _complete_sluice
            echo ${COMPREPLY[*]}
            """,
            "bash",
            folder.resolve("bash-completion/completions/sluice"),
            typed)
        .run()
        .assertSucceeded()
        .output()
        .strip();
  }

  @ParameterizedTest
  @CsvSource({
    "sluice str, streaming",
    "sluice --ver, --version",
    "sluice streaming --acc, --accept-close --accept-unread --accept-excess",
    "sluice streaming --oldst, ''",
  })
  void bashCompletes(String typed, String completed) {
    assertThat(bash(typed)).isEqualTo(completed);
  }

  @ParameterizedTest
  @CsvSource({
    "sluice str, streaming",
    "sluice --vers, --version",
    "sluice streaming --accept-c, --accept-close",
    "sluice streaming --tls-v, --tls-verify-peer",
    "sluice streaming --oldst, ''",
  })
  void fishCompletes(String typed, String completed) {
    Peers.require("fish");
    Command fish =
        Command.of("fish", "-c", "source $argv[1]; complete -C $argv[2]")
            .with(folder.resolve("fish/vendor_completions.d/sluice.fish"), typed);

    assertThat(fish.run().assertSucceeded().output().split("\t", 2)[0].strip())
        .isEqualTo(completed);
  }

  @Test
  void zshUnderstandsItsFunction() {
    Peers.require("zsh");

    Command.of("zsh", "-n", folder.resolve("zsh/vendor-completions/_sluice"))
        .run()
        .assertSucceeded();
  }

  @Test
  void aPageNamesEveryOptionThatHelpShows() throws IOException {
    for (CommandSpec command :
        Stream.concat(Stream.of(ALL), Words.commands(ALL).stream()).toList()) {
      String page = rendered(ManPage.name(command));
      for (OptionSpec option : Words.options(command)) {
        assertThat(page).contains(option.names());
      }
      if (command.parent() != null) {
        assertThat(page).contains("EXIT STATUS", "COMPLETED");
      }
      assertThat(page)
          .contains(command.qualifiedName("-") + " - ", "SYNOPSIS", "SEE ALSO")
          .doesNotContain("${", "\\f", "@|");
    }
  }

  @Test
  void thePageOfStreamingHasItsParametersAndExitStatus() {
    assertThat(rendered("sluice-streaming"))
        .contains(
            "sluice [OPTION…] streaming write=PIPE|read=PIPE [size=SIZE] [OPTION…]",
            "-U, --unix=SOCKET",
            "--peer-timeout=TIME",
            "(10m)",
            "$unixsocket",
            "EXIT STATUS",
            "sluice(1)",
            "2026-11-22")
        .doesNotContain("--oldstyle", "--newstyle");
  }

  @Test
  void thePageOfTheProgramLeadsToTheOthers() {
    assertThat(rendered("sluice"))
        .contains("streaming", "Serve one stream between an NBD client and a pipe.")
        .contains("sluice-streaming(1)");
  }

  @Test
  void textsThatLookLikeThePagesLanguageStayTexts() {
    CommandSpec odd = CommandSpec.create().name("odd");
    odd.usageMessage().header(".TH a \\fB -x").description("'quoted' \\n");

    assertThat(ManPage.of(odd, "2026-11-22", "odd 1").lines())
        .contains("odd \\- .TH a \\efB \\-x", "\\&'quoted' \\en");
  }

  @Test
  void theChangelogHasTheVersionAndTheTimeOfTheBuild() {
    assertThat(
            Command.of("gzip", "-cd", folder.resolve("doc/sluice/changelog.gz"))
                .run()
                .assertSucceeded()
                .output())
        .startsWith("sluice (1.2~SNAPSHOT) unstable; ")
        .endsWith(">  Sun, 22 Nov 2026 00:00:00 +0000\n");
  }

  @Test
  void itIsTheSameAgain() throws IOException {
    Path again = Workspace.newFolder("manual");
    Manual.main(new String[] {again.toString(), "1.2-SNAPSHOT", "2026-11-22T00:00:00Z"});

    List<Path> files;
    try (Stream<Path> found = Files.walk(folder)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(5);
    for (Path file : files) {
      assertThat(Files.mismatch(file, again.resolve(folder.relativize(file)))).isEqualTo(-1);
    }
    Workspace.remove(again);
  }

  /** As a reader sees it, without bold and italic letters. */
  private String rendered(String page) {
    Peers.require("groff");
    return Command.shell(
            "gzip -cd $1 | preconv -e utf-8 | groff -Tutf8 -man -P-c -ww 2>&1 | sed 's/.\\x08//g'",
            folder.resolve("man/man1/" + page + ".1.gz"))
        .run()
        .assertSucceeded()
        .output()
        .replaceAll("\\s+", " ");
  }
}
