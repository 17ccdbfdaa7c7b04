package dev.sluice.clients;

import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Endpoints that are Unix sockets, on which the peer listens. */
@ExtendWith(LeavesNothingBehind.class)
class UnixSocketEndpointIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Writer#overEachTransport")
  void whatAClientWritesArrivesAtTheSocket(Writer writer, Transport transport) {
    try (WriteTrial trial = WriteTrial.throughSocket(Disks.random())) {
      writer.command(Disks.random(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Reader#overEachTransport")
  void whatTheSocketGivesArrivesAtAClient(Reader reader, Transport transport) {
    try (ReadTrial trial = ReadTrial.throughSocket(Disks.random())) {
      reader.command(trial.uri(transport), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  void aSparseDiskArrivesAtTheSocket() {
    Disk disk = Disks.sparse(Disks.GIB);
    try (WriteTrial trial = WriteTrial.throughSocket(disk)) {
      Writer.QEMU_IMG.command(disk, trial.uri(Transport.TCP)).run().assertSucceeded();
      trial.assertComplete();
    }
  }
}
