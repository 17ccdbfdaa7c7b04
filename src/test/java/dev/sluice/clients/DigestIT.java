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
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exports that tell the digest of what went through them. */
@ExtendWith(LeavesNothingBehind.class)
class DigestIT {

  private static final Map<String, ?> WITH_DIGEST = Map.of("digest", "SHA-256");

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  @ParameterizedTest
  @EnumSource
  void anExportTellsTheDigestOfTheDiskThatWasWritten(Writer writer) {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk, WITH_DIGEST)) {
      writer.command(disk, trial.uri(Transport.TCP)).run().assertSucceeded();

      trial.assertComplete();
      assertThat(trial.now().digestValue()).isEqualTo(disk.sha256());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExportTellsTheDigestOfTheDiskThatWasRead(Reader reader) {
    Disk disk = Disks.random();
    try (ReadTrial trial = ReadTrial.of(disk, WITH_DIGEST)) {
      reader.command(trial.uri(Transport.TCP), trial.copy()).run().assertSucceeded();

      trial.assertComplete();
      assertThat(trial.now().digestValue()).isEqualTo(disk.sha256());
    }
  }

  @Test
  void theHolesOfADiskAreInItsDigest() {
    Disk disk = Disks.patchy();
    try (WriteTrial trial = WriteTrial.of(disk, WITH_DIGEST)) {
      Command.of("nbdcopy", disk.path(), trial.uri(Transport.UNIX)).run().assertSucceeded();

      trial.assertComplete();
      assertThat(trial.now().digestValue()).isEqualTo(disk.sha256());
    }
  }
}
