package dev.sluice.clients;

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

/**
 * nbdcopy with four connections to nbdkit, which has four to the service, although an export does
 * not offer several.
 */
@ExtendWith(LeavesNothingBehind.class)
class SeveralConnectionsIT {

  private static final Disk DISK = Disks.random(512L * Disks.MIB);

  /** A connection takes 128 MiB after 128 MiB. */
  private static final Map<String, ?> WINDOW = Map.of("reorderWindow", "400M");

  /** Not all of its connections say goodbye. */
  private static final Map<String, ?> WINDOW_AND_CLOSE =
      Map.of("reorderWindow", "400M", "acceptClose", true);

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdkit", "nbdcopy");
  }

  @Test
  @Shows(ClientRow.NBDKIT_MULTI_CONN)
  void aDiskIsRead() {
    try (ReadTrial trial = ReadTrial.of(DISK, WINDOW_AND_CLOSE)) {
      run(trial.uri(Transport.TCP), "nbdcopy --threads=4 --connections=4 \"$uri\" " + trial.copy());
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.NBDKIT_MULTI_CONN)
  void aDiskIsWritten() {
    try (WriteTrial trial = WriteTrial.of(DISK, WINDOW)) {
      run(
          trial.uri(Transport.TCP),
          "nbdcopy --threads=4 --connections=4 " + DISK.path() + " \"$uri\"");
      trial.assertComplete();
    }
  }

  private static void run(Object export, String client) {
    Command.of("nbdkit", "-U", "-", "--filter=multi-conn", "nbd", "uri=" + export)
        .with("multi-conn-mode=unsafe", "--run", client)
        .run()
        .assertSucceeded();
  }
}
