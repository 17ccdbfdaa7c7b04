package dev.sluice.cli.remote.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.common.FailedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What is written, letter by letter. */
class ExportPrinterTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static final RemoteExport SAVE =
      export(
          """
          {"id": "~1", "name": "save", "path": "/run/sluice/save", "direction": "write",
           "size": 268435456, "state": "STREAMING", "position": 120795955, "clients": 1,
           "uris": ["nbd://127.0.0.1:10809/save", "nbd+unix:///save?socket=/a"],
           "createdAt": "2026-01-02T02:58:00.5Z", "failure": null, "waitingFor": null}\
          """);

  private static final RemoteExport HIDDEN =
      export(
          """
          {"id": "~2", "name": null, "path": null, "direction": "read", "size": null,
           "state": "FAILED", "position": 512, "clients": null, "uris": null, "pod": "sluice-1",
           "createdAt": "2025-12-30T03:04:05Z", "endedAt": "2025-12-31T00:00:00Z",
           "failure": "the tape tore at 512"}\
          """);

  private final StringWriter out = new StringWriter();

  static RemoteExport export(String json) {
    return RemoteExport.of(JSON.readTree(json));
  }

  private ExportPrinter printer(Format format) {
    return new ExportPrinter(format, new PrintWriter(out, true), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private String written(Format format) {
    printer(format).print(List.of(SAVE, HIDDEN), "{\"exports\": []}");
    return out.toString();
  }

  @Test
  void aTable() {
    assertThat(written(Format.TABLE))
        .isEqualTo(
            """
            NAME   DIRECTION   STATE       POSITION   SIZE   DONE   CLIENTS   AGE
            save   write       STREAMING   115.1M     256M   44%    1         6m4s
            ~2     read        FAILED      512        -      -      -         3d
            """);
  }

  @Test
  void aWideTable() {
    assertThat(written(Format.WIDE))
        .isEqualTo(
            """
            NAME   DIRECTION   STATE       POSITION   SIZE   DONE   CLIENTS   AGE    PATH               URI                          POD        REASON
            save   write       STREAMING   115.1M     256M   44%    1         6m4s   /run/sluice/save   nbd://127.0.0.1:10809/save   -          -
            ~2     read        FAILED      512        -      -      -         3d     -                  -                            sluice-1   the tape tore at 512
            """);
  }

  @Test
  void names() {
    assertThat(written(Format.NAME)).isEqualTo("save\n~2\n");
  }

  @Test
  void theJsonOfTheService() {
    assertThat(written(Format.JSON)).isEqualTo("{\"exports\": []}\n");
  }

  @Test
  void rowsThatFollowFitTheColumnsThatAreThere() {
    ExportPrinter printer = printer(Format.TABLE);
    printer.print(List.of(SAVE));
    printer.print(List.of(HIDDEN));
    printer.printDeleted(HIDDEN);

    assertThat(out.toString())
        .isEqualTo(
            """
            NAME   DIRECTION   STATE       POSITION   SIZE   DONE   CLIENTS   AGE
            save   write       STREAMING   115.1M     256M   44%    1         6m4s
            ~2     read        FAILED      512        -      -      -         3d
            ~2     read        DELETED     512        -      -      -         3d
            """);
  }

  @Test
  void exportsAsJsonAreALineEach() {
    ExportPrinter printer = printer(Format.JSON);
    printer.print(List.of(export("{\"id\": \"~1\", \"state\": \"WAITING\"}")));
    printer.printDeleted(export("{\"id\": \"~1\", \"state\": \"WAITING\"}"));

    assertThat(out.toString())
        .isEqualTo(
            "{\"id\":\"~1\",\"state\":\"WAITING\"}\n{\"id\":\"~1\",\"state\":\"DELETED\"}\n");
  }

  /** A row with an age would be another one each time. */
  @ParameterizedTest
  @EnumSource(Format.class)
  void anExportLooksTheSameLater(Format format) {
    Clock later = Clock.fixed(NOW.plusSeconds(60), ZoneOffset.UTC);
    ExportPrinter after = new ExportPrinter(format, new PrintWriter(out), later);

    assertThat(after.look(SAVE)).isEqualTo(printer(format).look(SAVE));
    assertThat(after.look(SAVE)).isNotEqualTo(after.look(HIDDEN));
  }

  @Test
  void aTerminalGetsNoOrders() {
    printer(Format.WIDE).print(List.of(export("{\"id\": \"\\u001b[2J\", \"state\": \"A\\nB\"}")));

    assertThat(out.toString()).contains("\uFFFD[2J", "A\uFFFDB").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "1", "{}", "{\"id\": \"~1\"}", "{\"id\": 1, \"state\": \"WAITING\"}"})
  void somethingElseIsNoExport(String json) {
    Assertions.assertThatExceptionOfType(FailedException.class)
        .isThrownBy(() -> export(json))
        .withMessageContaining("no export")
        .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(3));
  }
}
