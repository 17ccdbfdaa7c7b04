package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code nbdinfo} at exports that a copy goes through afterwards: it must not consume them. */
@ExtendWith(LeavesNothingBehind.class)
class NbdinfoIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdinfo", "nbdcopy");
  }

  private static final Map<String, ?> LISTED = Map.of("listed", true);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDINFO)
  void looksAtAWriteExportBeforeTheCopy(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random(), LISTED)) {
      assertDescribed(trial.export(), transport, false);
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Command.of("nbdcopy", Disks.random().path(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDINFO)
  void looksAtAReadExportBeforeTheCopy(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random(), LISTED)) {
      assertDescribed(trial.export(), transport, true);
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Command.of("nbdcopy", trial.uri(transport), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  private static void assertDescribed(ExportDocument export, Transport transport, boolean read) {
    JsonNode described = json("--json", transport.uri(export)).get("exports").get(0);
    assertDescribed(described, export, read);
    assertThat(described.get("content").stringValue()).isNotEmpty();

    List<JsonNode> listed = new ArrayList<>();
    json("--json", "--list", transport.serverUri(export)).get("exports").forEach(listed::add);
    assertThat(listed).hasSize(1);
    assertDescribed(listed.getFirst(), export, read);

    String size = nbdinfo("--size", transport.uri(export));
    assertThat(size.strip()).isEqualTo(export.size().toString());
  }

  private static void assertDescribed(JsonNode described, ExportDocument export, boolean read) {
    assertThat(described.get("export-name").stringValue()).isEqualTo(export.name());
    assertThat(described.get("export-size").longValue()).isEqualTo(export.size());
    assertThat(described.get("is_read_only").booleanValue()).isEqualTo(read);
    assertThat(described.get("can_multi_conn").booleanValue()).isFalse();
    for (String ability : List.of("can_flush", "can_fua", "can_trim", "can_zero")) {
      assertThat(described.get(ability).booleanValue()).as(ability).isEqualTo(!read);
    }
    assertThat(described.get("block_size_minimum").intValue()).isEqualTo(1);
    assertThat(described.get("block_size_maximum").intValue()).isEqualTo(32 * Disks.MIB);
  }

  private static JsonNode json(Object... arguments) {
    JsonNode answer = JSON.readTree(nbdinfo(arguments));
    assertThat(answer.get("protocol").stringValue()).isEqualTo("newstyle-fixed");
    assertThat(answer.get("TLS").booleanValue()).isFalse();
    return answer;
  }

  private static String nbdinfo(Object... arguments) {
    return Command.of("nbdinfo").with(arguments).run().assertSucceeded().output();
  }
}
