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

/** {@code nbdcopy} as a client, in its ways to read and to write. */
@ExtendWith(LeavesNothingBehind.class)
class NbdcopyIT {

  private static final Disk SMALL = Disks.random(64L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy", "nbdkit");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY)
  void copiesOntoAnExport(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.of("nbdcopy", Disks.random().path(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_PIPE)
  void copiesOntoAnExportSynchronously(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.of("nbdcopy", "--synchronous", Disks.random().path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_PIPE)
  void copiesFromAPipeOntoAnExport(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.shell("cat $1 | nbdcopy - $2", Disks.random().path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_DESTINATION_IS_ZERO)
  void skipsHolesOfADestinationThatIsZero(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.patchy())) {
      Command.of("nbdcopy", "--destination-is-zero", Disks.patchy().path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void copiesAGibibyteOfMostlyHoles(Transport transport) {
    Disk disk = Disks.sparse(Disks.GIB);
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("nbdcopy", disk.path(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_CONNECTIONS)
  void copiesWithSeveralConnectionsAskedFor(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.of("nbdcopy", "--connections=4", "--threads=4")
          .with(Disks.random().path(), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_NBD)
  void copiesFromAnotherServer(Transport transport) {
    copyFromAnotherServer(transport, Disks.random(), "nbdcopy --connections=1 \"$uri\" ");
  }

  @ParameterizedTest
  @EnumSource
  @Shows({ClientRow.NBDCOPY_NBD, ClientRow.NBDCOPY_CONNECTIONS})
  void copiesFromAServerThatOffersSeveralConnections(Transport transport) {
    copyFromAnotherServer(
        transport, Disks.random(), "nbdcopy --connections=4 --threads=4 \"$uri\" ");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_DESTINATION_IS_ZERO)
  void skipsHolesOfAnotherServersDisk(Transport transport) {
    copyFromAnotherServer(transport, Disks.patchy(), "nbdcopy --destination-is-zero \"$uri\" ");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY)
  void copiesOntoAnExportAndFlushes(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(SMALL)) {
      Command.of("nbdcopy", "--flush", SMALL.path(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  void refusesAnExportThatIsSmallerThanTheDisk() {
    try (WriteTrial trial = WriteTrial.of(SMALL, Map.of("size", SMALL.size() - 1024))) {
      Command.of("nbdcopy", SMALL.path(), trial.uri(Transport.TCP)).run().assertFailed();
      assertThat(trial.assertIncomplete().state()).isEqualTo("WAITING");
    }
  }

  @Test
  void anExportThatIsLargerThanTheDiskIsNotComplete() {
    try (WriteTrial trial = WriteTrial.of(SMALL, Map.of("size", SMALL.size() + 1024))) {
      Command.of("nbdcopy", SMALL.path(), trial.uri(Transport.TCP)).run().assertSucceeded();
      assertThat(trial.assertIncomplete().position()).isEqualTo(SMALL.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows({ClientRow.NBDCOPY_NBD, ClientRow.NBDCOPY_READS})
  void copiesFromOneExportToAnother(Transport transport) {
    try (ReadTrial source = ReadTrial.of(Disks.random());
        WriteTrial target = WriteTrial.of(Disks.random())) {
      Command.of("nbdcopy", source.uri(transport), target.uri(transport)).run().assertSucceeded();
      source.assertCompleted();
      target.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_READS)
  void copiesFromAnExport(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.of("nbdcopy", trial.uri(transport), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_CONNECTIONS)
  void copiesFromAnExportWithSeveralConnectionsAskedFor(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.of("nbdcopy", "--connections=4", "--threads=4", trial.uri(transport), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void copiesFromAnExportSynchronously(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.of("nbdcopy", "--synchronous", trial.uri(transport), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_READS)
  void copiesFromAnExportIntoAPipe(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.shell("nbdcopy $1 - | cat > $2", trial.uri(transport), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  private static void copyFromAnotherServer(Transport transport, Disk disk, String nbdcopy) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("nbdkit", "-U", "-", "file", disk.path())
          .with("--run", nbdcopy + "'" + trial.uri(transport) + "'")
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }
}
