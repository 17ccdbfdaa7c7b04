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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code qemu-io} as a client: one large write, and reads that check what they get. */
@ExtendWith(LeavesNothingBehind.class)
class QemuIoIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-io");
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IO)
  void writesADiskInOneCommand(Transport transport) {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk)) {
      String write = "write -s %s 0 %d".formatted(disk.path(), disk.size());
      Command.of("qemu-io", "-f", "raw", "-c", write, trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.QEMU_IO)
  void aDiscardCompletesNothing() {
    Disk disk = Disks.random(64L * Disks.MIB);
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("qemu-io", "-f", "raw", "-c", "discard 0 64M", trial.uri(Transport.TCP))
          .run()
          .assertSucceeded();
      assertThat(trial.assertIncomplete().state()).isEqualTo("WAITING");
      Writer.QEMU_IMG.command(disk, trial.uri(Transport.TCP)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IO)
  void aDiskThatIsDiscardedCanBeWritten(Transport transport) {
    Disk disk = Disks.random(64L * Disks.MIB);
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("qemu-io", "-f", "raw", "-c", "discard 0 64M", "-c", "discard 1M 7M")
          .with("-c", "write -s %s 0 64M".formatted(disk.path()), trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IO)
  void readsWhatItExpects(Transport transport) {
    Disk disk = Disks.filled();
    try (ReadTrial trial = ReadTrial.of(disk)) {
      Command.of("qemu-io", "-r", "-f", "raw")
          .with(reads(disk).toArray())
          .with(trial.uri(transport))
          .run()
          .assertSucceeded();
      trial.assertCompleted();
    }
  }

  /** For each MiB a command that fails unless every byte of it is the one that fills it. */
  private static List<String> reads(Disk disk) {
    List<String> words = new ArrayList<>();
    for (long offset = 0; offset < disk.size(); offset += Disks.MIB) {
      words.add("-c");
      words.add("read -P %d %d 1M".formatted(Disks.fillOf(offset), offset));
    }
    return words;
  }
}
