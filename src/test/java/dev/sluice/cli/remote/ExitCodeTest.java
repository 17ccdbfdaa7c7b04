package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Typed;
import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands end with, as docs/command-line.md says it, and what they say then. */
@Timeout(60)
class ExitCodeTest {

  private static OwnService service;

  @BeforeAll
  static void startService() {
    service = OwnService.with("sluice.exports.max=2");
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  @AfterEach
  void deleteExports() {
    service.api().list().forEach(export -> service.api().delete(export.name(), true));
  }

  private static Typed sluice(String... words) {
    return Typed.run(Map.of("SLUICE_URL", "http://127.0.0.1:" + service.port()), words);
  }

  private static Typed sluice(int port, String... words) {
    return Typed.run(Map.of("SLUICE_URL", "http://127.0.0.1:" + port), words);
  }

  private static void assertEnd(Typed typed, int exitCode, String... texts) {
    assertThat(typed.err()).startsWith("sluice: error: ").contains(texts);
    assertThat(typed.exitCode()).as(typed.err()).isEqualTo(exitCode);
  }

  private static Typed whereOthersAnswer(int status, String body, String... headers)
      throws Exception {
    try (OtherServer other = OtherServer.answering(status, body, headers)) {
      return sluice(other.port(), "list");
    }
  }

  @Test
  void zeroForACompletedStream() throws Exception {
    service.stream("done", 100_000);

    Typed watch = sluice("watch", "done");

    assertThat(watch.exitCode()).as(watch.err()).isZero();
    assertThat(watch.out()).matches("done is COMPLETED: 100000 bytes in .* s \\(.* MiB/s\\)\n");
  }

  @Test
  void oneForAStreamThatHasFailed() {
    service.create("broken", "write", 100);
    service.bean(ExportRegistry.class).find("broken").orElseThrow().stream().fail("the tape tore");

    assertEnd(sluice("watch", "broken"), 1, "broken is FAILED at 0: the tape tore");
  }

  @Test
  void oneForAStreamOfWhichNobodyKnows() throws Exception {
    service.create("lost", "write", 100);
    Map<String, String> variables = Map.of("SLUICE_URL", "http://127.0.0.1:" + service.port());
    try (Typed.Running watch = Typed.start(variables, "watch", "lost", "--interval=20ms")) {
      watch.awaitOutput("lost WAITING");
      service.api().delete("lost", true);
      service.create("lost", "write", 100); // another one

      assertEnd(watch.end().get(), 1, "lost was deleted", "nobody knows whether it is complete");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "get | missing required parameter: 'NAME'",
        "get a b | there is no use for 'b'",
        "get .. | '..' is no name of an export",
        "delete | missing required parameter: 'NAME'",
        "create vm1 | expected read=PATH or write=PATH",
        "create vm1 vm2 write=/a | expected one NAME, but got 'vm2', too",
        "create vm1 write=/a read=/b | once, but got two",
        "create vm1 write= | expected read=PATH or write=PATH",
        "create vm1 write=/a sise=1 | unknown parameter 'sise'; expected read, write, pipe or size",
        "create vm1 write=/a --end-timeout=1 | unknown option: '--end-timeout=1'",
        "patch vm1 | nothing is to be changed; expected size=SIZE or --rate-limit=SIZE",
        "patch vm1 1G | expected size=SIZE after the name, but got: 1G",
        "list -o yaml | 'yaml' is no format; expected json, wide or name",
        "list --interval=1s | --interval without --watch",
        "list -w --interval=0 | '0' is no time; expected a positive number of seconds",
        "watch vm1 --interval=soon | 'soon' is no time; expected",
        "list --timeout=1d | '1d' is no time; expected",
        "list --token secret | --token: everybody on this machine could see it (ps)",
        "list --token=secret | expected --token-file, or the variable SLUICE_TOKEN",
        "list --url=ftp://a | --url=ftp://a: it is no address of a service",
        "list --url=localhost:8080 | --url=localhost:8080: it is no address of a service",
        "list --url=http://a/?b | it is no address of a service",
        "list --url=http://me:pw@a | --url: a name or password in it is not sent",
        "list --token-file=/no/such | --token-file=/no/such: there is no such file",
        "list --url=https://a --ca=/no/such | --ca=/no/such: it cannot be read",
      })
  void twoForWhatMakesNoSense(String line, String text) {
    Typed typed = sluice(line.split(" "));

    assertEnd(typed, 2, text);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err()).doesNotContain("secret").contains("--help'");
  }

  @Test
  void threeForNobodyWhoListens() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }

    Typed typed = sluice(free, "list");

    assertEnd(typed, 3, "http://127.0.0.1:%d cannot be reached".formatted(free), "SLUICE_URL");
    assertThat(typed.err()).contains("refused; is it running?");
  }

  @Test
  void threeForAHostThatNobodyKnows() {
    assertEnd(
        sluice("list", "--url=http://sluice.invalid"), 3, "nobody knows the host sluice.invalid");
  }

  @Test
  void threeForNoAnswerInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertEnd(
          sluice(silent.getLocalPort(), "list", "--timeout=300ms"),
          3,
          "has not answered within 300 ms (--timeout)");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, <html>hello</html>",
    "400, Bad",
    "404, '{\"error\":\"not found\"}'",
    "502, <html>Bad Gateway</html>",
    "503, ''"
  })
  void threeForAnAnswerOfSomethingElse(int status, String body) throws Exception {
    assertEnd(
        whereOthersAnswer(status, body),
        3,
        "has not answered as a Sluice service does: status " + status,
        body);
  }

  @ParameterizedTest
  @CsvSource({"200, '{\"items\": []}'", "200, ''", "204, ''"})
  void threeForWhatIsNoList(int status, String body) throws Exception {
    assertEnd(whereOthersAnswer(status, body), 3, "has sent no list of exports");
  }

  @Test
  void threeForAServiceThatCannotDoItNow() throws Exception {
    String problem = "{\"status\": 503, \"detail\": \"the service stops\"}";

    assertEnd(whereOthersAnswer(503, problem), 3, "cannot do it now: the service stops");
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    assertEnd(
        whereOthersAnswer(307, "", "Location", "https://other.example.org/exports"),
        3,
        "has moved to https://other.example.org/exports");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"get none", "watch none", "delete none", "finish none", "patch none size=1"})
  void fourForAnExportThatIsNotThere(String line) {
    assertEnd(sluice(line.split(" ")), 4, "error: none: ", "'sluice list' shows what there is");
  }

  @Test
  void fourForFieldsThatAreWrongWithTheNamesOfTheirOptions() {
    String outside = service.root().resolveSibling("x").toString();
    Typed typed =
        sluice("create", "a b", "write=" + outside, "size=1Q", "--reorder-window=9E", "--copy");

    assertEnd(
        typed,
        4,
        "sluice: error: name a b: expected",
        "sluice: error: size=1Q: expected a whole number of bytes",
        "sluice: error: --reorder-window=9E: it is too large; expected");
    assertThat(typed.err()).doesNotContain("--help");
  }

  @Test
  void fourForAPathOutsideTheRoots() {
    assertEnd(
        sluice("create", "a", "write=/etc/pipe"), 4, "sluice: error: write= or read=/etc/pipe: ");
  }

  @Test
  void fourForANameThatIsTaken() {
    service.create("taken", "write", 100);

    String pipe = service.root().resolve("other").toString();
    assertEnd(sluice("create", "taken", "write=" + pipe), 4, "error: taken: ");
  }

  @Test
  void fourForTooManyExports() {
    service.create("a", "write", 100);
    service.create("b", "write", 100);

    String pipe = service.root().resolve("c").toString();
    assertEnd(sluice("create", "c", "write=" + pipe), 4, "2");
  }

  @Test
  void fourForAFinishThatWouldNotBeTheTruth() throws Exception {
    service.create("busy", "write", 100);
    try (RawNbdClient client = service.connect()) {
      client.go("busy");

      assertEnd(sluice("finish", "busy"), 4, "busy");
    }
    service.api().await("busy", export -> export.clients() == 0);
    assertEnd(sluice("finish", "busy"), 4, "--pad-tail");
  }
}
