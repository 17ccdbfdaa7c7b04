package dev.sluice.clients;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code nbdcopy} as a client, in its ways to read and to write. */
@ExtendWith(LeavesNothingBehind.class)
class NbdcopyIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  @ParameterizedTest
  @EnumSource
  void copiesOntoAnExport(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.of("nbdcopy", Disks.random().path(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
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
  void copiesFromAnExport(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.of("nbdcopy", trial.uri(transport), trial.copy()).run().assertSucceeded();
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
  void copiesFromAnExportIntoAPipe(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.shell("nbdcopy $1 - | cat > $2", trial.uri(transport), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }
}
