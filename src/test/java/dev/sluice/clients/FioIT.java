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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code fio} with its nbd engine; each block of the disk is filled with its own offset. */
@ExtendWith(LeavesNothingBehind.class)
class FioIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("fio");
  }

  private static final int BLOCK = 256 * 1024;

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.FIO)
  void writesInSequence(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.offsets(BLOCK))) {
      fio("--rw=write", "--do_verify=0", "--uri=" + trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  /** Each closes its connection without a goodbye, wherever the others are. */
  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.FIO_JOBS)
  void fourJobsWriteAQuarterEach(Transport transport) {
    Disk disk = Disks.offsets(BLOCK);
    long quarter = disk.size() / 4;
    try (WriteTrial trial = WriteTrial.of(disk, Map.of("reorderWindow", "256M"))) {
      fio("--rw=write", "--do_verify=0", "--uri=" + trial.uri(transport))
          .with("--numjobs=4", "--size=" + quarter, "--offset_increment=" + quarter)
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.FIO_READS)
  void readsInSequenceWhatItExpects(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.offsets(BLOCK), Map.of("acceptClose", true))) {
      fio("--rw=read", "--do_verify=1", "--uri=" + trial.uri(transport)).run().assertSucceeded();
      trial.assertCompleted();
    }
  }

  private static Command fio(Object... more) {
    return Command.of("fio", "--name=job", "--ioengine=nbd", "--iodepth=16", "--thread=1")
        .with("--bs=" + BLOCK, "--size=" + Disks.MAIN_SIZE)
        .with("--verify=pattern", "--verify_pattern=%o", "--verify_state_save=0")
        .with(more);
  }
}
