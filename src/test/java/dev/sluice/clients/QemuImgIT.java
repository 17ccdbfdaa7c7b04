package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code qemu-img convert} as a client. */
@ExtendWith(LeavesNothingBehind.class)
class QemuImgIT {

  private static final Disk SMALL = Disks.random(64L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_N)
  void convertsOntoAnExport(Transport transport) {
    convertOnto(transport, Disks.random(), "-n", "-f", "raw", "-O", "raw");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG)
  void convertsOntoAnExportThatItMeansToCreate(Transport transport) {
    convertOnto(transport, Disks.random(), "-f", "raw", "-O", "raw");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_W)
  void convertsOutOfOrder(Transport transport) {
    convertOnto(transport, Disks.random(), "-n", "-W", "-f", "raw", "-O", "raw");
  }

  /** These modes have every write done at once (FUA, or a flush after it), whatever is missing. */
  @ParameterizedTest
  @ValueSource(strings = {"directsync", "writethrough"})
  @Shows(ClientRow.QEMU_IMG_W)
  void convertsOutOfOrderInACacheModeThatWritesThrough(String mode) {
    convertOnto(Transport.TCP, SMALL, "-n", "-W", "-t", mode, "-f", "raw", "-O", "raw");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_W_16)
  void convertsOutOfOrderWithManyCoroutinesIntoALargerWindow(Transport transport) {
    // On a busy machine this has run 73 MB ahead.
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk, Map.of("reorderWindow", "256M"))) {
      Command.of("qemu-img", "convert", "-n", "-W", "-m", "16", "-f", "raw", "-O", "raw")
          .with(disk.path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_TARGET_IS_ZERO)
  void skipsHolesOfATargetThatIsZeroWhichSomebodyHasToVouchFor(Transport transport) {
    Disk disk = Disks.patchy();
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("qemu-img", "convert", "-n", "--target-is-zero", "-f", "raw", "-O", "raw")
          .with(disk.path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.awaitState("INTERRUPTED");
      trial.finish("{\"pad\": \"zero\"}");
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void convertsAGibibyteOfMostlyHoles(Transport transport) {
    convertOnto(transport, Disks.sparse(Disks.GIB), "-n", "-f", "raw", "-O", "raw");
  }

  @ParameterizedTest
  @EnumSource
  void convertsFromQcow2(Transport transport) {
    Disk raw = Disks.sparse(Disks.GIB);
    Path qcow2 = Workspace.newPath("qcow2");
    Command.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.path(), qcow2)
        .run()
        .assertSucceeded();
    Disk disk = new Disk(qcow2, raw.size(), raw.sha256());
    convertOnto(transport, disk, "-n", "-f", "qcow2", "-O", "raw");
    Workspace.remove(qcow2);
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_QCOW2)
  void cannotCreateAQcow2OnAnExport(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(SMALL, Map.of("size", 2 * SMALL.size()))) {
      Command.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2")
          .with(SMALL.path(), trial.uri(transport))
          .run()
          .assertFailed();
      assertThat(trial.assertIncomplete().failure()).contains("is below the position");
    }
  }

  @Test
  @Shows(ClientRow.QEMU_IMG_QCOW2)
  void cannotCreateAQcow2OnAnExportWithoutASize() {
    try (WriteTrial trial = WriteTrial.withoutSize(SMALL)) {
      Command.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2")
          .with(SMALL.path(), trial.uri(Transport.TCP))
          .run()
          .assertFailed();
      assertThat(trial.assertIncomplete().failure()).contains("is below the position");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_QCOW2)
  void findsNoQcow2OnAnExportAndLeavesItToTheNextClient(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(SMALL)) {
      Command.of("qemu-img", "convert", "-n", "-f", "raw", "-O", "qcow2")
          .with(SMALL.path(), trial.uri(transport))
          .run()
          .assertFailed();
      assertThat(trial.assertIncomplete().state()).isEqualTo("WAITING");
      Writer.QEMU_IMG.command(SMALL, trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_READS)
  void convertsFromAnExport(Transport transport) {
    convertFrom(transport, "-f", "raw", "-O", "raw");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_READS)
  void convertsFromAnExportThatItProbes(Transport transport) {
    convertFrom(transport, "-O", "raw");
  }

  private static void convertOnto(Transport transport, Disk disk, Object... options) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("qemu-img", "convert")
          .with(options)
          .with(disk.path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  private static void convertFrom(Transport transport, Object... options) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.of("qemu-img", "convert")
          .with(options)
          .with(trial.uri(transport), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }
}
