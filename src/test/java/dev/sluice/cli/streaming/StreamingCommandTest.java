package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import dev.sluice.cli.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What is typed after {@code streaming}, and before it. */
class StreamingCommandTest {

  private static final List<String> WRITE = List.of("streaming", "write=./pipe");

  private static Typed run(List<String> words, String... more) {
    return Typed.run(Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private static void assertUsage(Typed typed, String... texts) {
    assertThat(typed.err()).startsWith("sluice: error: ").contains(texts).contains("--help'");
    assertThat(typed.exitCode()).as(typed.err()).isEqualTo(2);
    assertThat(typed.out()).isEmpty();
    assertThat(Path.of("pipe")).doesNotExist();
  }

  @Test
  void theHelpOfStreamingHasEveryOptionThatIsNotRefused() {
    String help = Typed.run("streaming", "--help").out();
    CommandLine streaming = streaming();

    assertSoftly(
        softly -> {
          for (OptionSpec option : streaming.getCommandSpec().options()) {
            if (!option.hidden()) {
              softly.assertThat(help).contains(option.longestName());
              softly.assertThat(option.description()).as(option.longestName()).isNotEmpty();
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "streaming | expected read=PIPE or write=PIPE",
        "streaming size=1M | expected read=PIPE or write=PIPE",
        "streaming read=./pipe write=./pipe | once, but got two",
        "streaming write=./pipe write=./pipe | once, but got two",
        "streaming write=./pipe pipe=./pipe | once, but got two",
        "streaming ./pipe | expected key=value after streaming, but got: ./pipe",
        "streaming write= | no pipe is named",
        "streaming write=./pipe sise=1M | unknown parameter 'sise'; expected read, write, pipe",
        "streaming write=./pipe size=1Q | size=1Q: expected a whole number of bytes",
        "streaming write=./pipe size= | size=: expected a whole number of bytes",
        "streaming write=./pipe size=-1 | size=-1: expected a whole number of bytes",
        "streaming write=./pipe size=1.5M | size=1.5M: expected",
        "streaming write=./pipe size=0 | size=0: it is not positive",
        "streaming write=./pipe size=9E | size=9E: it is too large",
        "streaming write=./pipe --nonsense | unknown option: '--nonsense'",
        "streaming write=./pipe --server.port=0 | unknown option: '--server.port=0'",
        "streaming write=./pipe --run | missing required parameter",
        "-U - -p 0 streaming write=./pipe | -p and -U cannot be used in this combination",
        "-p 65536 streaming write=./pipe | -p 65536 is no port",
        "-p nbd streaming write=./pipe | -p nbd is no port",
        "-r streaming write=./pipe | -r cannot be used with write=",
        "-t many streaming write=./pipe | many",
        "--log=syslog streaming write=./pipe | --log=syslog",
        "--tls=maybe streaming write=./pipe | --tls=maybe: expected off, on or require",
        "--tls=require streaming write=./pipe | --tls=require needs --tls-certificates",
        "--tls-certificates=/tmp streaming write=./pipe | --tls-certificates without --tls",
        "streaming write=./pipe --reorder-window=x | --reorder-window=x: expected",
        "streaming write=./pipe --head-window=2G | --head-window=2G: it is too large",
        "streaming write=./pipe --peer-timeout=soon | --peer-timeout=soon: expected",
        "streaming write=./pipe --rate-limit=-1 | --rate-limit=-1: expected",
        "streaming write=./pipe --digest=MD5 | --digest=MD5: expected SHA-256",
        "streaming write=./pipe --pad-tail | --pad-tail: expected only with the direction write",
        "streaming read=./pipe --pad-tail size=1M | --pad-tail: expected only with",
        "streaming write=./pipe --accept-close | --accept-close: expected only with",
        "streaming write=./pipe --accept-unread | --accept-unread: expected only with",
        "streaming read=./pipe --accept-excess | --accept-excess: expected only with a size",
      })
  void whatMakesNoSenseIsRefused(String line, String text) {
    assertUsage(Typed.run(line.split(" ")), text);
  }

  @ParameterizedTest
  @EnumSource(RefusedOption.class)
  void anOptionThatOnlyNbdkitHasIsRefusedByName(RefusedOption refused) {
    for (String name : refused.names()) {
      assertUsage(
          refused.hasValue() ? run(WRITE, name, "x") : run(WRITE, name),
          "there is no ",
          name,
          " as nbdkit has it: ");
    }
  }

  /** Those of nbdkit(1) 1.24. */
  @Test
  void everyOptionOfNbdkitIsKnown() throws Exception {
    Map<String, Boolean> known = new TreeMap<>();
    for (OptionSpec option : streaming().getCommandSpec().options()) {
      for (String name : option.names()) {
        known.put(name, option.arity().max() > 0);
      }
    }
    assertThat(known)
        .containsAllEntriesOf(
            Map.ofEntries(
                Map.entry("--debug", true),
                Map.entry("-D", true),
                Map.entry("--dump-config", false),
                Map.entry("--dump-plugin", false),
                Map.entry("--exit-with-parent", false),
                Map.entry("--export", true),
                Map.entry("--export-name", true),
                Map.entry("--exportname", true),
                Map.entry("-e", true),
                Map.entry("--filter", true),
                Map.entry("--foreground", false),
                Map.entry("--no-fork", false),
                Map.entry("-f", false),
                Map.entry("--group", true),
                Map.entry("-g", true),
                Map.entry("--help", false),
                Map.entry("--ip-addr", true),
                Map.entry("--ipaddr", true),
                Map.entry("-i", true),
                Map.entry("--log", true),
                Map.entry("--mask-handshake", true),
                Map.entry("--new-style", false),
                Map.entry("--newstyle", false),
                Map.entry("-n", false),
                Map.entry("--no-sr", false),
                Map.entry("--old-style", false),
                Map.entry("--oldstyle", false),
                Map.entry("-o", false),
                Map.entry("--pid-file", true),
                Map.entry("--pidfile", true),
                Map.entry("-P", true),
                Map.entry("--port", true),
                Map.entry("-p", true),
                Map.entry("--read-only", false),
                Map.entry("--readonly", false),
                Map.entry("-r", false),
                Map.entry("--run", true),
                Map.entry("--selinux-label", true),
                Map.entry("--single", false),
                Map.entry("--stdin", false),
                Map.entry("-s", false),
                Map.entry("--swap", false),
                Map.entry("--threads", true),
                Map.entry("-t", true),
                Map.entry("--tls", true),
                Map.entry("--tls-certificates", true),
                Map.entry("--tls-psk", true),
                Map.entry("--tls-verify-peer", false),
                Map.entry("--unix", true),
                Map.entry("-U", true),
                Map.entry("--user", true),
                Map.entry("-u", true),
                Map.entry("--verbose", false),
                Map.entry("-v", false),
                Map.entry("--version", false),
                Map.entry("-V", false),
                Map.entry("--vsock", false)));
  }

  @Test
  void theDocumentNamesEveryOption() throws Exception {
    String page = Files.readString(Path.of("docs", "command-line.md"));

    assertSoftly(
        softly -> {
          for (OptionSpec option : streaming().getCommandSpec().options()) {
            for (String name : option.names()) {
              softly.assertThat(page).contains("`" + name);
            }
          }
        });
  }

  private static CommandLine streaming() {
    return StreamingCommand.commandLine(Interruption::new);
  }
}
