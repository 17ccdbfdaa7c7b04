package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.streaming.Interruption;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {

  private static void assertUsage(Typed typed, String... texts) {
    assertThat(typed.err()).startsWith("sluice: error: ").contains(texts).contains("--help'");
    assertThat(typed.exitCode()).as(typed.err()).isEqualTo(2);
    assertThat(typed.out()).isEmpty();
    assertThat(Path.of("pipe")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "help",
        "streaming --help",
        "--help streaming",
        "-U - --help streaming",
        "help streaming"
      })
  void helpGoesToStandardOutput(String line) {
    Typed typed = Typed.run(line.split(" "));

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.err()).isEmpty();
    assertThat(typed.out()).contains("Usage: sluice ", "streaming");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "streaming --version", "-V streaming"})
  void theVersionIsOneLine(String line) {
    Typed typed = Typed.run(line.split(" "));

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).matches("sluice \\S.*\\R");
  }

  @Test
  void aCommandIsNeeded() {
    assertUsage(Typed.run(), "no command");
    assertUsage(Typed.run("-U", "-"), "unknown option");
    assertUsage(Typed.run("--"), "no command");
  }

  @Test
  void otherPluginsAreNotThere() {
    assertUsage(Typed.run("file", "disk.img"), "'file'", "streaming");
    assertUsage(Typed.run("-U", "-", "memory", "1G"), "'memory'");
    assertUsage(Typed.run(""), "''");
    assertUsage(Typed.run("file", "list"), "'file'", "streaming");
    assertUsage(Typed.run("-o", "json", "file", "list"), "'file'", "streaming");
  }

  @Test
  void aWordTooManyIsNamed() {
    assertUsage(Typed.run("list", "extra"), "there is no use for 'extra'");
    assertUsage(Typed.run("help", "nothing"), "'nothing'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "streaming a=b -U - | streaming a=b -U -",
        "-U - streaming a=b | streaming -U - a=b",
        "-U- -v streaming a=b | streaming -U- -v a=b",
        "-fv -p 0 streaming | streaming -fv -p 0",
        "-fp 0 streaming | streaming -fp 0",
        "-fp0 streaming | streaming -fp0",
        "--run streaming streaming a=b | streaming --run streaming a=b",
        "--run=x --tls off streaming | streaming --run=x --tls off",
        "-v -- streaming a=b | streaming -v a=b",
        "-e -f streaming | streaming -e -f",
        "--help | --help",
        "-U - | -U -",
        "-o json list | list -o json",
        "-o streaming a=b | streaming -o a=b",
        "--url http://a list -w | list --url http://a -w",
        "-w get a | get -w a",
        "-v -- | -v --"
      })
  void optionsMayStandBeforeTheCommand(String line, String moved) {
    CommandLine all = Cli.commandLine(Interruption::new, Typed.surroundings(Map.of()));

    assertThat(Cli.commandFirst(all, line.split(" "))).containsExactly(moved.split(" "));
  }
}
