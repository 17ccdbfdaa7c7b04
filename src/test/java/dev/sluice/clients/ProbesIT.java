package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that only look at an export: they neither consume a stream nor end it. */
@ExtendWith(LeavesNothingBehind.class)
class ProbesIT {

  private final Disk disk = Disks.random(64L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdinfo", "nbdcopy", "nbdsh");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_INFO)
  void qemuImgLooksAtAWriteExportBeforeTheCopy(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      assertInfo(trial.uri(transport));
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Writer.NBDCOPY.command(disk, trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_INFO)
  void qemuImgLooksAtAReadExportBeforeTheCopy(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(disk)) {
      assertInfo(trial.uri(transport));
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Reader.NBDCOPY.command(trial.uri(transport), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  @Shows({ClientRow.NBDINFO, ClientRow.QEMU_IMG_INFO})
  void aLookAtAWriteExportDuringTheCopyChangesNothing() {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.python(
              """
              import nbd, subprocess, sys
              h = nbd.NBD()
              h.connect_uri(sys.argv[1])
              with open(sys.argv[2], 'rb') as disk:
                  at = 0
                  while part := disk.read(1 << 20):
                      h.pwrite(part, at)
                      at += len(part)
                      if at == 20 << 20:
                          subprocess.run(['nbdinfo', sys.argv[1]])
                          subprocess.run(['qemu-img', 'info', sys.argv[1]])
              h.shutdown()
              """,
              trial.uri(Transport.TCP),
              disk.path())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  @Shows({ClientRow.NBDINFO, ClientRow.QEMU_IMG_INFO})
  void aLookAtAReadExportDuringTheCopyChangesNothing() {
    try (ReadTrial trial = ReadTrial.of(disk)) {
      Command.python(
              """
              import nbd, subprocess, sys
              h = nbd.NBD()
              h.connect_uri(sys.argv[1])
              with open(sys.argv[2], 'wb') as copy:
                  for at in range(0, h.get_size(), 1 << 20):
                      copy.write(h.pread(1 << 20, at))
                      if at == 20 << 20:
                          subprocess.run(['nbdinfo', sys.argv[1]], check=True)
                          subprocess.run(['qemu-img', 'info', sys.argv[1]], check=True)
              h.shutdown()
              """,
              trial.uri(Transport.TCP),
              trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.NBDINFO)
  void nbdinfoReadsTheWholeOfATinyReadExportUnlessItIsAskedForTheSize() {
    try (ReadTrial trial = ReadTrial.of(Disks.random(8192))) {
      Command.of("nbdinfo", "--size", trial.uri(Transport.TCP)).run().assertSucceeded();
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Command.of("nbdinfo", trial.uri(Transport.TCP)).run().assertSucceeded();
      trial.assertCompleted();
    }
  }

  @Test
  @Shows(ClientRow.QEMU_IMG_INFO)
  void qemuImgReadsTheWholeOfAReadExportOfOneSector() {
    try (ReadTrial trial = ReadTrial.of(Disks.random(512))) {
      Command.of("qemu-img", "info", trial.uri(Transport.TCP)).run().assertSucceeded();
      trial.assertCompleted();
    }
  }

  private void assertInfo(URI uri) {
    String info = Command.of("qemu-img", "info", uri).run().assertSucceeded().output();
    assertThat(info).contains("file format: raw", "virtual size: 64 MiB");
  }
}
