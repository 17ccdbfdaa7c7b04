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
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose size nobody declared: they are as long as the client or the peer makes them. */
@ExtendWith(LeavesNothingBehind.class)
class UndeclaredSizeIT {

  /** The largest disk that qemu opens. */
  private static final long LARGEST = (1L << 63) - (1L << 30);

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdinfo", "nbdsh");
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Writer#overEachTransport")
  void aStreamEndsWhenItsWriterDisconnects(Writer writer, Transport transport) {
    assertWritten(Disks.random(), writer, transport);
  }

  @ParameterizedTest
  @EnumSource
  void aStreamOfOddLengthEndsAtItsLastByte(Transport transport) {
    assertWritten(Disks.random(Disks.MIB + 1), Writer.LIBNBD, transport);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 512, 513, 65_536})
  void aStreamWithinTheHeadIsWaitingUntilItIsFinished(long size) {
    Disk disk = Disks.random(size);
    try (WriteTrial trial = WriteTrial.withoutSize(disk)) {
      Writer.LIBNBD.command(disk, trial.uri(Transport.TCP)).run().assertSucceeded();
      assertThat(trial.now().state()).isEqualTo("WAITING");
      trial.finish("");
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReaderMayStopWhereTheInputEnds(Transport transport) {
    assertRead(Disks.random(), transport);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 512, 513, 65_536})
  void anInputWithinTheHeadIsWaitingUntilItIsFinished(long size) {
    Disk disk = Disks.random(size);
    try (ReadTrial trial = ReadTrial.withoutSize(disk)) {
      Reader.goingOn(trial.uri(Transport.TCP), trial.copy(), 0, size).run().assertSucceeded();
      assertThat(trial.now().state()).isEqualTo("WAITING");
      trial.finish("{}");
      trial.assertCompleteWithoutPadding();
    }
  }

  @ParameterizedTest
  @EnumSource
  void qemuImgDdReadsAsMuchAsItIsTold(Transport transport) {
    Disk disk = Disks.random();
    try (ReadTrial trial = ReadTrial.withoutSize(disk)) {
      long count = disk.size() / Disks.MIB;
      Command.of("qemu-img", "dd", "-f", "raw", "-O", "raw", "bs=1M", "count=" + count)
          .with("if=" + trial.uri(transport), "of=" + trial.copy())
          .run()
          .assertSucceeded();
      trial.assertCompleteWithoutPadding();
    }
  }

  /** They would ask for 4 GiB at a time, 2^31 times, were they let. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoeverAsksForAMapWithoutExtendedHeadersIsDoneAtOnce(boolean read) {
    Disk disk = Disks.random();
    try (ReadTrial reads = ReadTrial.withoutSize(disk);
        WriteTrial writes = WriteTrial.withoutSize(disk)) {
      URI uri = read ? reads.uri(Transport.TCP) : writes.uri(Transport.TCP);
      for (String map : List.of("--map", "--map=sluice:stream")) {
        assertThat(Command.of("timeout", 20, "nbdinfo", map, uri).run().assertFailed().errors())
            .contains("does not support metadata context");
      }
      String all =
          Command.of("timeout", 20, "qemu-img", "map", "-f", "raw", "--output=json", uri)
              .run()
              .assertSucceeded()
              .output();
      assertThat(all).contains("\"length\": " + LARGEST, "\"data\": true");
      assertThat((read ? reads.now() : writes.now()).state()).isEqualTo("WAITING");
    }
  }

  private static void assertWritten(Disk disk, Writer writer, Transport transport) {
    try (WriteTrial trial = WriteTrial.withoutSize(disk)) {
      assertAdvertised(trial.uri(transport));
      writer.command(disk, trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  private static void assertRead(Disk disk, Transport transport) {
    try (ReadTrial trial = ReadTrial.withoutSize(disk)) {
      assertAdvertised(trial.uri(transport));
      Reader.goingOn(trial.uri(transport), trial.copy(), 0, disk.size()).run().assertSucceeded();
      trial.assertCompleteWithoutPadding();
    }
  }

  private static void assertAdvertised(URI uri) {
    String size = Command.of("nbdinfo", "--size", uri).run().assertSucceeded().output();
    assertThat(Long.parseLong(size.strip())).isEqualTo(LARGEST);
  }
}
