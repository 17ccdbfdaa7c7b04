package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deleting an export by force while both its client and its peer are stuck. */
@ExtendWith(LeavesNothingBehind.class)
class ForcedDeleteIT {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private final ExportsApi api = OwnService.shared().api();

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Writer#overEachTransport")
  void endsAClientWhosePeerDoesNotRead(Writer writer, Transport transport) {
    Disk disk = Disks.random();
    Path path;
    try (WriteTrial trial = WriteTrial.of(disk)) {
      path = trial.export().path();
      trial.peer().pauseAt(0);
      try (Command.Running client = writer.command(disk, trial.uri(transport)).start()) {
        trial.awaitState("STREAMING");
        delete(trial.export());
        client.await().assertFailed();
      }
    }
    try (WriteTrial next = WriteTrial.at(path, disk)) {
      writer.command(disk, next.uri(transport)).run().assertSucceeded();
      next.assertComplete();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Reader#overEachTransport")
  void endsAClientWhosePeerDoesNotWrite(Reader reader, Transport transport) {
    Disk disk = Disks.random();
    Path path;
    try (ReadTrial trial = ReadTrial.of(disk)) {
      path = trial.export().path();
      trial.peer().pauseAt(0);
      try (Command.Running client = reader.command(trial.uri(transport), trial.copy()).start()) {
        await().atMost(Duration.ofSeconds(20)).until(trial.peer()::isOpen);
        assertThat(trial.now().clients()).isPositive();
        delete(trial.export());
        client.await().assertFailed();
      }
    }
    try (ReadTrial next = ReadTrial.at(path, disk)) {
      reader.command(next.uri(transport), next.copy()).run().assertSucceeded();
      next.assertComplete();
    }
  }

  private void delete(ExportDocument export) {
    assertThat(api.delete(export.name(), false)).as("without force").isEqualTo(409);
    long begun = System.nanoTime();
    assertThat(api.delete(export.name(), true)).isEqualTo(204);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
    assertThat(export.path()).doesNotExist();
  }
}
