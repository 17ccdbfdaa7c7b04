package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of the service as its users run it, with a client in it. */
class LogIT {

  private static final JsonMapper JSON = new JsonMapper();

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  @Test
  void everyJsonLineOfAStreamNamesItAndItsEndSaysWhatTheApiSays() {
    try (SluiceProcess sluice = SluiceProcess.start("-Dlogging.structured.format.console=ecs")) {
      ExportDocument done = stream(sluice);
      sluice.api().create("taken", sluice.root().resolve("taken"), "read", 4096L, Map.of());
      assertThat(sluice.api().delete("taken", false)).isEqualTo(204);

      List<JsonNode> lines = sluice.log().lines().map(JSON::readTree).toList();

      assertThat(lines)
          .allSatisfy(line -> assertThat(text(line, "service", "name")).isEqualTo("sluice"));
      assertThat(lines)
          .filteredOn(line -> text(line, "process", "thread", "name").startsWith("nbd-session-"))
          .hasSizeGreaterThan(1)
          .allSatisfy(
              line -> {
                assertThat(text(line, "export")).isEqualTo("logged");
                assertThat(text(line, "process", "thread", "name"))
                    .isEqualTo("nbd-session-" + text(line, "session"));
              });
      assertThat(lines)
          .filteredOn(line -> text(line, "message").startsWith("Export "))
          .allSatisfy(line -> assertThat(text(line, "export")).matches("logged|taken"));
      assertAudit(audits(lines, "logged"), done);
      assertThat(text(audits(lines, "taken"), "outcome")).isEqualTo("CANCELLED");
      assertThat(text(audits(lines, "taken"), "failure")).startsWith("cancelled on request");
      assertThat(audits(lines, "taken").has("session")).isFalse();
    }
  }

  private static void assertAudit(JsonNode line, ExportDocument export) {
    assertThat(export.state()).isEqualTo("COMPLETED");
    assertThat(text(line, "log", "level")).isEqualTo("INFO");
    assertThat(text(line, "direction")).isEqualTo("write");
    assertThat(text(line, "outcome")).isEqualTo("COMPLETED");
    assertThat(line.get("bytes").longValue()).isEqualTo(export.position());
    assertThat(Instant.parse(text(line, "start"))).isEqualTo(Instant.parse(export.startedAt()));
    assertThat(Instant.parse(text(line, "end"))).isEqualTo(Instant.parse(export.endedAt()));
    assertThat(line.get("duration").isNumber()).isTrue();
    assertThat(text(line, "digest")).hasSize(64).isEqualTo(export.digestValue());
    assertThat(line.has("failure")).isFalse();
  }

  @Test
  void plainLinesNameTheExportAndTheSessionWhereThereIsOne() {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      stream(sluice);

      assertThat(sluice.log().lines())
          .anyMatch(line -> line.matches(".*] \\[logged/] .* : Export logged .* is WAITING .*"))
          .anyMatch(line -> line.matches(".*] \\[logged/\\d+] .* : Export logged .* is STREAM.*"))
          .anyMatch(
              line ->
                  line.matches(
                      ".*] \\[logged/\\d+] dev\\.sluice\\.audit +: Export logged .* is COMPLETED"
                          + " at \\d+ after .* s, since .*Z, SHA-256 [0-9a-f]{64}"))
          .anyMatch(line -> line.matches(".*] dev\\.sluice\\.\\S+ +: NBD listens on .*"))
          .noneMatch(line -> line.contains("] [/]"));
    }
  }

  private static ExportDocument stream(SluiceProcess sluice) {
    Disk disk = Disks.random();
    Path pipe = sluice.root().resolve("logged");
    ExportDocument export =
        sluice.api().create("logged", pipe, "write", disk.size(), Map.of("digest", "SHA-256"));
    try (Command.Running peer = Command.of("cat", pipe).into(Path.of("/dev/null")).start()) {
      Command.of("nbdcopy", disk.path(), export.uris().getFirst()).run().assertSucceeded();
      peer.await().assertSucceeded();
    }
    return sluice.api().awaitState("logged", "COMPLETED");
  }

  private static JsonNode audits(List<JsonNode> lines, String export) {
    List<JsonNode> found =
        lines.stream()
            .filter(line -> text(line, "log", "logger").equals("dev.sluice.audit"))
            .filter(line -> text(line, "export").equals(export))
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /** A field's text; empty where there is none. */
  private static String text(JsonNode line, String... path) {
    JsonNode node = line;
    for (String name : path) {
      node = node.path(name);
    }
    return node.asString("");
  }
}
