package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cli.Typed;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each command does, where all goes well. */
@Timeout(60)
class RemoteCommandsTest {

  private static OwnService service;
  private static RestClient api;
  private static Map<String, String> variables;

  @BeforeAll
  static void startService() {
    service = OwnService.with("sluice.exports.finish-wait=0");
    api = new RestClient(service.port());
    variables = Map.of("SLUICE_URL", "http://127.0.0.1:" + service.port());
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
    return Typed.run(variables, words);
  }

  /** Runs a command that has to succeed; returns what it has written. */
  private static String out(String... words) {
    Typed typed = sluice(words);
    assertThat(typed.exitCode()).as(typed.err()).isZero();
    return typed.out();
  }

  private static String pipe(String name) {
    return service.root().resolve(name).toString();
  }

  private static String nbd(String name) {
    return "nbd://127.0.0.1:%d/%s".formatted(service.nbd().getPort(), name);
  }

  @Test
  void exportsAreFoundByTheirLabels() {
    out("create", "vm1", "write=" + pipe("vm1"), "--label", "job=nightly", "--label", "a.b/c=");
    out("create", "vm2", "write=" + pipe("vm2"), "--label", "job=nightly");
    out("create", "vm3", "write=" + pipe("vm3"));

    assertThat(out("list", "-l", "job=nightly", "-o", "name").lines()).hasSize(2);
    assertThat(out("list", "--selector", "job=nightly,a.b/c=", "-o", "name")).contains("vm1");
    assertThat(sluice("list", "-l", "job").err()).startsWith("sluice: error: -l job: expected");
    assertThat(sluice("create", "vm3", "write=" + pipe("vm3"), "--label", "a b=").err())
        .startsWith("sluice: error: --label ");
  }

  @Test
  void aTicketIsPrintedOnceWithTheUrlOfTheData() {
    assertThat(out("create", "save", "write=-", "--ticket"))
        .matches(
            "save created: %s\ndata: http://127.0.0.1:%d/exports/save/data\\?ticket=[\\w-]{43}\n"
                .formatted(nbd("save"), service.port()));
    assertThat(out("create", "plain", "write=-")).doesNotContain("data:");
    assertThat(sluice("create", "file", "write=" + pipe("file"), "--ticket").err())
        .contains("--ticket=true: expected only with peer");
  }

  @Test
  void createMakesAnExportAndSaysWhereItIs() {
    assertThat(out("create", "save", "write=" + pipe("save"), "size=256M"))
        .isEqualTo("save created: " + nbd("save") + "\n");

    ExportDocument export = service.api().get("save");
    assertThat(export.direction()).isEqualTo("write");
    assertThat(export.size()).isEqualTo(256L << 20);
  }

  @Test
  void aNameIsMadeIfThereIsNone() {
    String name = out("create", "-o", "name", "pipe=" + pipe("any")).strip();

    assertThat(name).matches("[0-9a-f]{32}");
    assertThat(service.api().get(name).direction()).isEqualTo("write");
  }

  @Test
  void everyOptionSetsItsField() {
    out(
        Stream.of(
                "create read=%s size=1M full".formatted(pipe("full")),
                "--reorder-window 1M --head-window=8k --resume-window=2s",
                "--peer-timeout 3 --idle-timeout=500ms --resume-timeout=1h --lifetime=2d",
                "--accept-close --accept-unread --accept-excess --copy --digest=SHA-256",
                "--rate-limit=100k --listen --listed --network 10.0.0.0/8 --network ::1")
            .flatMap(line -> Stream.of(line.split(" ")))
            .toArray(String[]::new));

    assertThat(api.get("/exports/full").body())
        .contains(
            "\"direction\":\"read\"",
            "\"listen\":true,\"listed\":true",
            "\"allowedClients\":{\"subjects\":null,\"networks\":[\"10.0.0.0/8\",\"::1",
            "\"reorderWindow\":1048576,\"headWindow\":8192,\"resumeWindow\":1024",
            "\"peerTimeout\":\"PT3S\",\"idleTimeout\":\"PT0.5S\",\"resumeTimeout\":\"PT1H\"",
            "\"lifetime\":\"PT48H\",\"padTail\":false",
            "\"acceptClose\":true,\"acceptUnread\":true,\"acceptExcess\":true,\"copy\":true",
            "\"rateLimit\":102400,\"digest\":\"SHA-256\"");
  }

  @Test
  @Slow("Starts a service of its own.")
  void whatTheConfigurationSwitchesOnCanBeSwitchedOff() {
    try (OwnService other = OwnService.with("sluice.exports.copy=true")) {
      String url = "--url=http://127.0.0.1:" + other.port();
      out("create", url, "on", "write=" + other.root().resolve("on"));
      out("create", url, "off", "write=" + other.root().resolve("off"), "--no-copy");

      RestClient client = new RestClient(other.port());
      assertThat(client.get("/exports/on").body()).contains("\"copy\":true");
      assertThat(client.get("/exports/off").body()).contains("\"copy\":false");
    }
  }

  @Test
  void listShowsATableOrNamesOrTheServicesJson() {
    assertThat(sluice("list")).isEqualTo(new Typed(0, "", "There are no exports.\n"));
    out("create", "first", "write=" + pipe("first"), "size=1G");
    out("create", "second", "read=" + pipe("second"));

    assertThat(out("list"))
        .matches(
            """
            NAME     DIRECTION   STATE     POSITION   SIZE   DONE   CLIENTS   AGE
            first    write       WAITING   0          1G     0%     0         \\d+s
            second   read        WAITING   0          -      -      0         \\d+s
            """);
    assertThat(out("list", "-o", "wide"))
        .matches(
            """
            NAME     DIRECTION   STATE     POSITION   SIZE   DONE   CLIENTS   AGE +PATH +URI +POD +REASON
            first    write       WAITING   0          1G     0%%     0         \\d+s +%s +%s +- +a client
            second   read        WAITING   0          -      -      0         \\d+s +%s +%s +- +a client
            """
                .formatted(pipe("first"), nbd("first"), pipe("second"), nbd("second")));
    assertThat(out("list", "--output=name")).isEqualTo("first\nsecond\n");
    assertThat(out("-o", "json", "list")).isEqualTo(api.get("/exports").body() + "\n");
  }

  @Test
  void getShowsOneByItsNameOrItsId() {
    out("create", "one", "write=" + pipe("one"));
    out("create", "two", "write=" + pipe("two"));
    String id = api.get("/exports/two").text("id");

    assertThat(out("get", "two")).contains("two ", "WAITING").doesNotContain("one");
    assertThat(out("get", id, "-o", "name")).isEqualTo("two\n");
    assertThat(out("get", "two", "-o", "json")).isEqualTo(api.get("/exports/two").body() + "\n");
  }

  @Test
  void patchChangesTheLimitAndTheSize() {
    out("create", "slow", "write=" + pipe("slow"), "size=1M");

    assertThat(out("patch", "slow", "size=2M", "--rate-limit=1M")).isEqualTo("slow patched\n");
    assertThat(api.get("/exports/slow").body())
        .contains("\"size\":2097152", "\"rateLimit\":1048576");
    assertThat(out("patch", "slow", "size=none", "-o", "json"))
        .contains("\"size\":null", "\"rateLimit\":1048576");
  }

  @Test
  void deleteRemovesOneOrSeveral() {
    out("create", "a", "write=" + pipe("a"));
    out("create", "b", "write=" + pipe("b"));
    out("create", "c", "write=" + pipe("c"));

    assertThat(out("delete", "a", "c")).isEqualTo("a deleted\nc deleted\n");
    assertThat(out("list", "-o", "name")).isEqualTo("b\n");
  }

  @Test
  void deleteGoesOnWithTheOthers() {
    out("create", "b", "write=" + pipe("b"));

    Typed typed = sluice("delete", "a", "b");

    assertThat(typed.exitCode()).isEqualTo(4);
    assertThat(typed.out()).isEqualTo("b deleted\n");
    assertThat(typed.err()).startsWith("sluice: error: a: there is no such export");
  }

  @Test
  void anExportInUseIsDeletedByForceAlone() throws Exception {
    out("create", "busy", "write=" + pipe("busy"));
    try (RawNbdClient client = service.connect()) {
      client.go("busy");

      Typed refused = sluice("delete", "busy");
      assertThat(refused.exitCode()).isEqualTo(4);
      assertThat(refused.err()).contains("1 client(s)", "with --force");
      assertThat(out("delete", "--force", "busy")).isEqualTo("busy deleted\n");
    }
  }

  @Test
  void finishWaitsForThePeerAndTellsTheTruth() throws Exception {
    out("create", "short", "write=" + pipe("short"), "size=1k");
    try (Typed.Running finish = Typed.start(variables, "finish", "short", "--pad-tail")) {
      await().until(() -> api.get("/exports/short").body().contains("\"waitingFor\":\"a peer"));
      assertThat(finish.end()).isNotDone();

      assertThat(service.peerReads("short").get()).hasSize(1024);

      Typed typed = finish.end().get();
      assertThat(typed.exitCode()).as(typed.err()).isZero();
      assertThat(typed.out()).startsWith("short is being finished; it waits for ");
      assertThat(typed.out()).contains("short is COMPLETED: 1024 bytes");
    }
  }

  @Test
  void finishNeedNotWait() {
    out("create", "short", "write=" + pipe("short"), "size=1k");

    assertThat(out("finish", "short", "--pad-tail", "--no-wait"))
        .matches("short is being finished; it waits for .*\n");
  }

  @Test
  void versionShowsBoth() {
    String version = api.get("/actuator/info").json().path("build").path("version").asString("");

    assertThat(out("version"))
        .matches("Client version: \\S.*\nService version: \\Q%s\\E\n".formatted(version));
  }
}
