package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many streams at once through the service as its users run it, in little memory. */
class ManyExportsIT {

  private static final int EACH_WAY = 32;

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  @Test
  void sixtyFourStreamsAtOnceAreAllIdentical() {
    Disk disk = Disks.random(32L * Disks.MIB);
    try (SluiceProcess sluice = SluiceProcess.start("-Xmx128m")) {
      stream(sluice, disk, 1); // what is opened once and kept
      int before = sluice.descriptors();
      stream(sluice, disk, EACH_WAY);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(sluice.descriptors()).isLessThanOrEqualTo(before));
      assertThat(sluice.root()).isEmptyDirectory();
      assertThat(sluice.log()).doesNotContain("OutOfMemoryError", " ERROR ", " WARN ");
    }
  }

  private static void stream(SluiceProcess sluice, Disk disk, int eachWay) {
    List<WriteTrial> writes = new ArrayList<>();
    List<ReadTrial> reads = new ArrayList<>();
    List<Command.Running> clients = new ArrayList<>();
    try {
      IntStream.range(0, eachWay).forEach(_ -> writes.add(WriteTrial.of(sluice, disk)));
      IntStream.range(0, eachWay).forEach(_ -> reads.add(ReadTrial.of(sluice, disk)));
      for (int i = 0; i < eachWay; i++) {
        clients.add(writer(i).command(disk, writes.get(i).uri(transport(i))).start());
        clients.add(reader(i).command(reads.get(i).uri(transport(i)), reads.get(i).copy()).start());
      }
      clients.forEach(client -> client.await().assertSucceeded());
      writes.forEach(WriteTrial::assertComplete);
      reads.forEach(ReadTrial::assertComplete);
    } finally {
      clients.forEach(Command.Running::close);
      writes.forEach(WriteTrial::close);
      reads.forEach(ReadTrial::close);
    }
  }

  private static Writer writer(int i) {
    return Writer.values()[i / 2 % Writer.values().length];
  }

  private static Reader reader(int i) {
    return Reader.values()[i / 2 % Reader.values().length];
  }

  private static Transport transport(int i) {
    return Transport.values()[i % Transport.values().length];
  }
}
