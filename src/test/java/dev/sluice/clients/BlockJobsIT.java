package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.StorageDaemon;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The jobs by which qemu copies a disk onto an export. */
@ExtendWith(LeavesNothingBehind.class)
class BlockJobsIT {

  private static final String BACKUP = "blockdev-backup";
  private static final String MIRROR = "blockdev-mirror";
  private static final long PAUSE = 20L * Disks.MIB + 12_345;

  private final Disk disk = Disks.random(128L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-storage-daemon", "nbdsh");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.BACKUP)
  void aBackupArrives(Transport transport) {
    assertArrives(BACKUP, transport);
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.MIRROR)
  void aMirrorArrives(Transport transport) {
    assertArrives(MIRROR, transport);
  }

  @Test
  @Shows(ClientRow.MIRROR)
  void aMirrorThatZeroesItsTargetFirstFailsAndIsNotComplete() {
    try (WriteTrial trial = WriteTrial.of(disk);
        StorageDaemon qemu = StorageDaemon.start()) {
      qemu.openTarget(trial.uri(Transport.TCP), Map.of("discard", "unmap"));
      qemu.begin(MIRROR, StorageDaemon.file(disk));
      assertThat(qemu.awaitEnd()).contains("Input/output error");
      qemu.closeTarget();
      trial.assertIncomplete();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {BACKUP, MIRROR})
  @Shows({ClientRow.BACKUP, ClientRow.MIRROR})
  void aJobThatMeetsABadSectorIsNotComplete(String job) {
    try (WriteTrial trial = WriteTrial.of(disk);
        StorageDaemon qemu = StorageDaemon.start()) {
      qemu.openTarget(trial.uri(Transport.TCP), Map.of());
      qemu.begin(job, StorageDaemon.fileWithABadSector(disk, 16L * Disks.MIB));
      assertThat(qemu.awaitEnd()).contains("Input/output error");
      qemu.closeTarget();
      trial.assertIncomplete();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {BACKUP, MIRROR})
  @Shows({ClientRow.BACKUP, ClientRow.MIRROR})
  void anotherClientGoesOnWhereAKilledJobWas(String job) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      trial.peer().pauseAt(PAUSE);
      try (StorageDaemon qemu = StorageDaemon.start()) {
        qemu.openTarget(trial.uri(Transport.TCP), Map.of());
        qemu.begin(job, StorageDaemon.file(disk));
        trial.peer().awaitPause();
        qemu.kill();
      }
      trial.peer().goOn();
      long position = trial.assertIncomplete().position();
      Writer.goingOn(disk, trial.uri(Transport.TCP), position).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  private void assertArrives(String job, Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk);
        StorageDaemon qemu = StorageDaemon.start()) {
      qemu.openTarget(trial.uri(transport), Map.of());
      qemu.begin(job, StorageDaemon.file(disk));
      assertThat(qemu.awaitEnd()).isEmpty();
      qemu.closeTarget();
      trial.assertComplete();
    }
  }
}
