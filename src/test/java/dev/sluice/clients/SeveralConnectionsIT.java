package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import java.time.Duration;
import java.util.List;
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

  private static final Disk HELD = Disks.random(64L * Disks.MIB);
  private static final Duration HELD_WITHIN = Duration.ofSeconds(60);

  /** Writes 42 MiB ahead of the position of each export, and stays. */
  private static final String HOLD =
      """
      import nbd, sys
      handles = []
      for uri in sys.argv[1:]:
          handle = nbd.NBD()
          handle.connect_uri(uri)
          handles.append(handle)
          for i in range(2, 44):
              handle.pwrite(bytes([i]) * (1 << 20), i << 20)
      print("held", flush=True)
      sys.stdin.readline()
      """;

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdkit", "nbdcopy", "python3");
  }

  @Test
  @Shows(ClientRow.NBDKIT_MULTI_CONN)
  void aDiskIsRead() {
    try (ReadTrial trial = ReadTrial.of(DISK, WINDOW_AND_CLOSE)) {
      run(trial.uri(Transport.TCP), "nbdcopy --threads=4 --connections=4 \"$uri\" " + trial.copy());
      trial.assertComplete();
    }
  }

  /**
   * What comes first is read by a connection that others wait for; what they wait for is memory.
   */
  @Test
  void aDiskIsReadWhileOthersHoldMostOfTheRestOfTheMemory() {
    try (WriteTrial one = WriteTrial.of(HELD);
        WriteTrial another = WriteTrial.of(HELD);
        WriteTrial third = WriteTrial.of(HELD);
        ReadTrial trial = ReadTrial.of(DISK, WINDOW_AND_CLOSE);
        Command.Running holders =
            Command.python(HOLD, tcp(one), tcp(another), tcp(third)).told().start()) {
      await().atMost(HELD_WITHIN).until(() -> holders.outputSoFar().contains("held"));

      run(trial.uri(Transport.TCP), "nbdcopy --threads=4 --connections=4 \"$uri\" " + trial.copy());

      trial.assertComplete();
      for (WriteTrial waiting : List.of(one, another, third)) {
        assertThat(waiting.now().state()).isEqualTo("WAITING");
        assertThat(waiting.now().clients()).isOne();
      }
    }
  }

  private static URI tcp(WriteTrial trial) {
    return trial.uri(Transport.TCP);
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
