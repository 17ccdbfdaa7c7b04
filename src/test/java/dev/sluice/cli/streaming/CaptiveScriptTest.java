package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.FilePath;
import dev.sluice.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real shell makes of the script. */
class CaptiveScriptTest {

  private static final String SHOW =
      "printf '%s\\n' \"$uri\" \"$nbd\" \"$unixsocket\" \"$port\" \"$exportname\"";

  private static String shown(String script) {
    return Command.of("/bin/sh", "-c", script).run().assertSucceeded().output();
  }

  @Test
  void aUnixSocketHasNoPort() {
    assertThat(shown(CaptiveScript.of("nbd", new FilePath("/tmp/a/socket"), 0, "", SHOW)))
        .isEqualTo(
            """
            nbd+unix://?socket=/tmp/a/socket
            nbd+unix://?socket=/tmp/a/socket
            /tmp/a/socket


            """);
  }

  @Test
  void aPortHasNoUnixSocket() {
    assertThat(shown(CaptiveScript.of("nbds", null, 10_809, "vm/1", SHOW)))
        .isEqualTo(
            """
            nbds://localhost:10809/vm/1
            nbds://localhost:10809/vm/1

            10809
            vm/1
            """);
  }

  /** As in nbdkit(1): the variables need no quotes where a shell expands no name. */
  @Test
  void nothingOfAUriIsExpanded() {
    String script = CaptiveScript.of("nbd", new FilePath("/tmp/a b/*"), 0, "x", "echo $uri");

    assertThat(shown(script)).isEqualTo("nbd+unix:///x?socket=/tmp/a%20b/%2A\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'", "\"", "$HOME", "`id`", "\\", "a b", "*", "ü€😀", "a'b'c", "%", "?&=#", "-e", "!"
      })
  void anyNameArrivesAsItIs(String name) {
    String[] lines =
        shown(CaptiveScript.of("nbd", new FilePath("/tmp/" + name), 0, name, SHOW)).split("\n");

    assertThat(lines[2]).isEqualTo("/tmp/" + name);
    assertThat(lines[4]).isEqualTo(name);
    assertThat(lines[0]).matches("nbd\\+unix:///[A-Za-z0-9._~/%-]+\\?socket=[A-Za-z0-9._~/%-]+");
  }

  /** Whatever the locale, and also where the shell has to be given it in another way. */
  @Test
  void aCommandArrivesAsItIs() {
    String command = "printf '%s\\n' 'ü' \"a\\\\b$((1 + 1))\" `echo '100%'`; exit 3";

    Command.Result result =
        Command.of("/bin/sh", "-c", CaptiveScript.of("nbd", null, 1, "", command)).run();

    assertThat(result.output()).isEqualTo("ü\na\\b2\n100%\n");
    assertThat(result.exitCode()).isEqualTo(3);
  }

  /** A name that ends its line does not end the assignment. */
  @Test
  void aNameMayHaveSeveralLines() {
    assertThat(shown(CaptiveScript.of("nbd", null, 1, "a\nb", "printf %s \"$exportname\"")))
        .isEqualTo("a\nb");
  }
}
