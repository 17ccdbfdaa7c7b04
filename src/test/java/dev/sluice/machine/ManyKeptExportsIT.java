package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.client.AllowedClients;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.Labels;
import dev.sluice.export.record.KeptExport;
import dev.sluice.export.record.Records;
import dev.sluice.export.record.SavedExport;
import dev.sluice.journal.OpenedJournal;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.Timeouts;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store with many exports. What they cost is only printed: a busy machine is no failure. */
@Timeout(300)
class ManyKeptExportsIT {

  private static final int MANY = 10_000;
  private static final int AT_A_TIME = 64;
  private static final int ROUNDS = 5;
  private static final StreamStatus END =
      new StreamStatus(
          StreamState.FAILED,
          4711,
          0,
          Instant.now(),
          Instant.now(),
          "the tape tore at position 4711",
          null,
          null,
          null);

  private static final StreamSettings SETTINGS =
      new StreamSettings(
          OptionalLong.of(1 << 30),
          1 << 26,
          1 << 16,
          0,
          new Timeouts(
              Duration.ofMinutes(10),
              Duration.ofMinutes(30),
              Duration.ofMinutes(1),
              Duration.ZERO,
              Duration.ofSeconds(10),
              Duration.ofSeconds(2)),
          new Assurances(false, false, false, false),
          false,
          true,
          0);

  /** Writes what that many exports leave that have ended. */
  private static void fill(Path store) throws Exception {
    Records records = Records.in(OpenedJournal.open(new FilePath(store.toString())).journal());
    List<KeptExport> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      ExportSpec spec =
          new ExportSpec(
              "export-" + i,
              null,
              false,
              false,
              AllowedClients.ALL,
              Direction.WRITE,
              SETTINGS,
              Labels.of(Map.of("job", "nightly", "vm", "vm" + i)),
              /* ticket= */ null);
      KeptExport kept =
          new KeptExport(
              "~%032x".formatted(i), new SavedExport(spec, Instant.now(), null), records);
      kept.create();
      kept.follow(() -> END);
      all.add(kept);
    }
    try (ExecutorService several = Executors.newFixedThreadPool(AT_A_TIME)) { // share an fsync
      all.forEach(kept -> several.execute(() -> kept.stateChanged(END)));
    }
    records.close();
  }

  private interface Step {
    void run() throws Exception;
  }

  /** The median of several times, in milliseconds. */
  private static long median(Step step) throws Exception {
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      step.run();
      nanos[i] = System.nanoTime() - begun;
    }
    Arrays.sort(nanos);
    return nanos[ROUNDS / 2] / 1_000_000;
  }

  private static SluiceProcess start(Path root) {
    return SluiceProcess.start(root, command -> command.with("--sluice.exports.keep-ended=20000"));
  }

  private static String memory(SluiceProcess sluice) throws IOException {
    try (var lines = Files.lines(Path.of("/proc", "" + sluice.process().pid(), "status"))) {
      return lines.filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow();
    }
  }

  private static void measure(String what, Path root, int expected) throws Exception {
    long begun = System.nanoTime();
    try (SluiceProcess sluice = start(root)) {
      long started = (System.nanoTime() - begun) / 1_000_000;
      String memory = memory(sluice);
      List<ExportDocument> exports = sluice.api().list();
      assertThat(exports).hasSize(expected);
      if (expected > 0) {
        ExportDocument last = exports.getLast();
        assertThat(last.name()).isEqualTo("export-" + (MANY - 1));
        assertThat(last.state()).isEqualTo("FAILED");
        assertThat(last.position()).isEqualTo(4711);
      }
      long list = median(() -> assertThat(sluice.api().statusOf("/exports")).isEqualTo(200));
      int[] count = {0};
      long post =
          median(() -> sluice.api().createForHttp("new-" + count[0]++, "write", 1L, Map.of()));
      System.out.printf(
          "%s: started in %d ms, %s; GET /exports %d ms, POST %d ms%n",
          what, started, memory, list, post);
    }
  }

  @Test
  void theyAreThereAfterAStart() throws Exception {
    Path full = Workspace.newPath("root");
    Path empty = Workspace.newPath("root");
    Path store = Path.of(full + ".store");
    fill(store);
    start(Workspace.newPath("root")).close(); // makes what all starts share
    measure("no export", empty, 0);
    measure(MANY + " exports", full, MANY);
  }
}
