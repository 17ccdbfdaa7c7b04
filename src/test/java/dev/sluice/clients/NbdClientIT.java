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

/** {@code nbd-client}, which can list exports without a kernel that has NBD. */
@ExtendWith(LeavesNothingBehind.class)
class NbdClientIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbd-client", "nbdcopy");
  }

  @Test
  @Shows(ClientRow.NBD_CLIENT)
  void listsListedExportsOverTcp() {
    assertListed("nbd-client -l 127.0.0.1 $1");
  }

  @Test
  @Shows(ClientRow.NBD_CLIENT)
  void listsListedExportsOverTheUnixSocket() {
    assertListed("nbd-client -l -unix $2");
  }

  private static void assertListed(String command) {
    Disk disk = Disks.random(Disks.MIB);
    Map<String, ?> listed = Map.of("listed", true);
    try (WriteTrial write = WriteTrial.of(disk, listed);
        ReadTrial read = ReadTrial.of(disk, listed);
        WriteTrial hidden = WriteTrial.of(disk);
        WriteTrial ended = WriteTrial.of(disk, listed)) {
      Command.of("nbdcopy", disk.path(), ended.uri(Transport.TCP)).run().assertSucceeded();
      ended.assertComplete();

      int port = write.uri(Transport.TCP).getPort();
      String socket = write.uri(Transport.UNIX).getQuery().substring("socket=".length());
      String output = Command.shell(command, port, socket).run().assertSucceeded().output();

      assertThat(output.lines()).contains(write.export().name(), read.export().name());
      assertThat(output).doesNotContain(hidden.export().name(), ended.export().name());
      assertThat(write.now().state()).isEqualTo("WAITING");
      assertThat(read.now().state()).isEqualTo("WAITING");
    }
  }
}
