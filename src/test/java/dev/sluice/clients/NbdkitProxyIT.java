package dev.sluice.clients;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** nbdkit's nbd plugin between the client and the service. */
@ExtendWith(LeavesNothingBehind.class)
class NbdkitProxyIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdkit", "nbdcopy");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDKIT)
  void passesWritesOn(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      proxy(trial.uri(transport), "nbdcopy %s \"$uri\"".formatted(Disks.random().path()));
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDKIT)
  void passesReadsOn(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      proxy(trial.uri(transport), "nbdcopy \"$uri\" %s".formatted(trial.copy()));
      trial.assertComplete();
    }
  }

  private static void proxy(URI uri, String client) {
    Command.of("nbdkit", "-U", "-", "nbd", "uri=" + uri, "--run", client).run().assertSucceeded();
  }
}
