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
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Disks of every size: clients see whole sectors, the peer gets the bytes that were declared. */
@ExtendWith(LeavesNothingBehind.class)
class SizesIT {

  private static final int SECTOR = 512;

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdinfo", "nbdsh");
  }

  static Stream<Arguments> tinyWrites() {
    return tiny(Stream.of(Writer.values()));
  }

  @ParameterizedTest
  @MethodSource("tinyWrites")
  void aTinyDiskIsWritten(long size, Object writer, Transport transport) {
    write(Disks.random(size), (Writer) writer, transport);
  }

  static Stream<Arguments> tinyReads() {
    return tiny(Stream.of(Reader.values()));
  }

  @ParameterizedTest
  @MethodSource("tinyReads")
  void aTinyDiskIsRead(long size, Object reader, Transport transport) {
    read(Disks.random(size), (Reader) reader, transport);
  }

  @ParameterizedTest
  @EnumSource
  void aGibibyteAndAByteIsWritten(Writer writer) {
    write(Disks.sparse(Disks.GIB + 1), writer, Transport.TCP);
  }

  @ParameterizedTest
  @EnumSource
  void aGibibyteAndAByteIsRead(Reader reader) {
    read(Disks.sparse(Disks.GIB + 1), reader, Transport.UNIX);
  }

  private static Stream<Arguments> tiny(Stream<?> clients) {
    return clients.flatMap(
        client ->
            Stream.of(Transport.values())
                .flatMap(
                    transport ->
                        LongStream.of(1, 511, 512, 513)
                            .mapToObj(size -> Arguments.of(size, client, transport))));
  }

  private static void write(Disk disk, Writer writer, Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      assertAdvertised(trial.uri(transport), disk);
      writer.command(disk, trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  private static void read(Disk disk, Reader reader, Transport transport) {
    try (ReadTrial trial = ReadTrial.of(disk)) {
      assertAdvertised(trial.uri(transport), disk);
      reader.command(trial.uri(transport), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  private static void assertAdvertised(URI uri, Disk disk) {
    String size = Command.of("nbdinfo", "--size", uri).run().assertSucceeded().output();
    long sectors = (disk.size() + SECTOR - 1) / SECTOR;
    assertThat(Long.parseLong(size.strip())).isEqualTo(sectors * SECTOR);
  }
}
