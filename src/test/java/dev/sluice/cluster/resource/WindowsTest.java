package dev.sluice.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.ExportProperties;
import dev.sluice.testing.OwnService;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much window memory an export may take, by its resource. */
class WindowsTest {

  private static final long MIB = 1L << 20;

  /** What a stream takes beside the windows that can be set. */
  private static final long MORE = MIB / 2;

  private final ExportProperties defaults =
      ((OwnService) OwnService.shared()).bean(ExportProperties.class);
  private final Windows windows = new Windows(defaults);

  private long most(Map<String, Object> spec) {
    StreamExport resource = new StreamExport();
    resource.setSpec(spec);
    return windows.most(resource);
  }

  @Test
  void itIsWhatTheSpecAsksFor() {
    assertThat(most(Map.of("reorderWindow", "2M", "headWindow", 0, "resumeWindow", 5 * MIB)))
        .isEqualTo(7 * MIB + MORE);
    assertThat(most(Map.of("reorderWindow", 0, "headWindow", "1m", "resumeWindow", "0")))
        .isEqualTo(MIB + MORE);
  }

  @Test
  void whatTheSpecLeavesOutHasItsDefault() {
    assertThat(most(Map.of()))
        .isEqualTo(
            defaults.reorderWindow().toBytes()
                + defaults.headWindow().toBytes()
                + defaults.resumeWindow().toBytes()
                + MORE);
  }

  @Test
  void whatNobodyCanAskForTakesNothing() {
    assertThat(most(Map.of("reorderWindow", "much", "headWindow", -1, "resumeWindow", "9E")))
        .isEqualTo(MORE);
  }
}
