package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that are told that the target is zero skip a hole at the disk's end too. That looks like
 * a copy that failed half-way, which ends as politely; so it is never taken for the end.
 */
@ExtendWith(LeavesNothingBehind.class)
class SkippedTailIT {

  private static final long DATA = 32L * Disks.MIB;

  private final Disk disk = Disks.endingInAHole(DATA);

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_TARGET_IS_ZERO)
  void qemuImgLeavesTheTailToAnotherClient(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      URI uri = trial.uri(transport);
      Command.of("qemu-img", "convert", "-n", "--target-is-zero", "-f", "raw", "-O", "raw")
          .with(disk.path(), uri)
          .run()
          .assertSucceeded();
      assertTailMissing(trial, uri);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_DESTINATION_IS_ZERO)
  void nbdcopyLeavesTheTailToAnotherClient(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      URI uri = trial.uri(transport);
      Command.of("nbdcopy", "--destination-is-zero", disk.path(), uri).run().assertSucceeded();
      assertTailMissing(trial, uri);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_TARGET_IS_ZERO)
  void qemuImgCompletesAnExportThatPadsItsTail(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk, Map.of("padTail", true))) {
      Command.of("qemu-img", "convert", "-n", "--target-is-zero", "-f", "raw", "-O", "raw")
          .with(disk.path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_TARGET_IS_ZERO)
  void qemuImgCompletesItOutOfOrderToo(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.patchy(), Map.of("padTail", true))) {
      Command.of("qemu-img", "convert", "-n", "-W", "--target-is-zero", "-f", "raw", "-O", "raw")
          .with(Disks.patchy().path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_DESTINATION_IS_ZERO)
  void nbdcopyCompletesAnExportThatPadsItsTail(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk, Map.of("padTail", true))) {
      Command.of("nbdcopy", "--destination-is-zero", disk.path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_DESTINATION_IS_ZERO)
  void theTailIsFilledWithZeroesOnRequest(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("nbdcopy", "--destination-is-zero", disk.path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.awaitState("INTERRUPTED");
      trial.finish("{\"pad\": \"zero\"}");
      trial.assertComplete();
    }
  }

  private void assertTailMissing(WriteTrial trial, URI uri) {
    ExportDocument interrupted = trial.awaitState("INTERRUPTED");
    assertThat(interrupted.position()).isEqualTo(DATA);
    assertThat(interrupted.failure()).isEqualTo("the client disconnected at position " + DATA);
    assertThat(trial.peer().hasEnded()).as("whether the reader saw an end").isFalse();

    Command.python(
            """
            import nbd, sys
            h = nbd.NBD()
            h.connect_uri(sys.argv[1])
            at, end = int(sys.argv[2]), h.get_size()
            while at < end:
                count = min(1 << 30, end - at)
                h.zero(count, at)
                at += count
            h.shutdown()
            """,
            uri,
            DATA)
        .run()
        .assertSucceeded();
    trial.assertComplete();
  }
}
