package dev.sluice.cli.remote.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How far a stream has come, on a terminal and elsewhere. */
class ProgressTest {

  private static final String START = "\r";
  private static final String END = "\033[K";
  private static final long MIB = 1L << 20;

  private final StringWriter out = new StringWriter();
  private int columns = 100;
  private long seconds;

  private Progress progress(int width) {
    columns = width;
    return Progress.on(new PrintWriter(out), () -> columns, () -> seconds * 1_000_000_000L);
  }

  private static RemoteExport at(String state, long position, String more) {
    return ExportPrinterTest.export(
        "{\"id\": \"~1\", \"name\": \"save\", \"state\": \"%s\", \"position\": %d%s}"
            .formatted(state, position, more));
  }

  private static RemoteExport streaming(long mib) {
    return at("STREAMING", mib * MIB, ", \"size\": " + 256 * MIB);
  }

  private List<String> lines() {
    return Stream.of(out.toString().split(START))
        .skip(1)
        .map(line -> line.replace(END, ""))
        .toList();
  }

  @Test
  void aTerminalHasOneLineThatChanges() {
    Progress progress = progress(100);

    progress.show(at("WAITING", 0, ", \"size\": 268435456, \"waitingFor\": \"a client\""));
    seconds += 1;
    progress.show(streaming(16));
    seconds += 1;
    progress.show(streaming(128));
    progress.clear();

    assertThat(out.toString()).doesNotContain("\n").endsWith(START + END);
    assertThat(lines())
        .containsExactly(
            "save WAITING [                    ] 0%, 0 of 256M, waits for a client",
            "save STREAMING [>                   ] 6%, 16M of 256M, 16.0 MiB/s, 0:15 left",
            "save STREAMING [=========>          ] 50%, 128M of 256M, 64.0 MiB/s, 0:02 left",
            "");
  }

  @Test
  void withoutASizeThereIsNoEndToBeSeen() {
    Progress progress = progress(100);

    progress.show(at("STREAMING", MIB, ""));
    seconds += 2;
    progress.show(at("STREAMING", 3 * MIB, ""));

    assertThat(lines()).containsExactly("save STREAMING 1M", "save STREAMING 3M, 1.0 MiB/s");
  }

  @Test
  void aLineIsNoLongerThanTheTerminalIsWide() {
    Progress progress = progress(40);
    progress.show(streaming(16));
    columns = 30;
    progress.show(streaming(16));

    assertThat(lines())
        .containsExactly(
            "save STREAMING [>                   ] 6", "save STREAMING [>            ");
  }

  @Test
  void elsewhereThereIsALineForEachStateAndOneNowAndThen() {
    Progress progress = progress(0);
    progress.show(at("WAITING", 0, ", \"waitingFor\": \"a client\""));
    progress.show(at("WAITING", 0, ", \"waitingFor\": \"a client\""));
    for (int i = 0; i <= 25; i++) {
      progress.show(streaming(i));
      seconds++;
    }
    progress.show(at("INTERRUPTED", 25 * MIB, ", \"failure\": \"the client left\""));
    progress.show(at("COMPLETED", 256 * MIB, ", \"endedAt\": \"2026-01-02T03:04:05Z\""));
    progress.clear();

    assertThat(out.toString())
        .isEqualTo(
            """
            save WAITING 0, waits for a client
            save STREAMING 0%, 0 of 256M
            save STREAMING 3%, 10M of 256M, 1.0 MiB/s, 4:06 left
            save STREAMING 7%, 20M of 256M, 1.0 MiB/s, 3:56 left
            save INTERRUPTED 25M, the client left
            """);
  }

  @Test
  void aStreamThatStandsStillSaysWhatItWaitsFor() {
    Progress progress = progress(100);
    for (int i = 0; i < 12; i++) {
      progress.show(at("STREAMING", MIB, ", \"waitingFor\": \"the peer to read\""));
      seconds++;
    }

    assertThat(lines().getLast()).isEqualTo("save STREAMING 1M, waits for the peer to read");
  }

  @Test
  void whatHasArrivedIsToldInBytesAndSeconds() {
    assertThat(
            ProgressText.completed(
                at(
                    "COMPLETED",
                    268_435_456,
                    ", \"startedAt\": \"2026-01-02T03:04:05Z\", \"endedAt\": \"2026-01-02T03:04:10Z\"")))
        .isEqualTo("save is COMPLETED: 268435456 bytes in 5.0 s (51.2 MiB/s)");
    assertThat(ProgressText.completed(at("COMPLETED", 7, "")))
        .isEqualTo("save is COMPLETED: 7 bytes");
  }
}
