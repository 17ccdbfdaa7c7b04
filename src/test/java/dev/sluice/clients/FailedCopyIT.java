package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Copies that fail on the client's side. {@code qemu-img} flushes and says goodbye even then, and
 * {@code nbdcopy} just closes its connection; the disk is not complete by either.
 */
@ExtendWith(LeavesNothingBehind.class)
class FailedCopyIT {

  private static final int SECTOR = 512;
  private static final long BAD = Disks.MAIN_SIZE / 2;
  private static final long PAUSE = 20L * Disks.MIB + 12_345;

  private final Disk disk = Disks.random();

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdkit", "dd", "env", "kill");
  }

  @ParameterizedTest
  @CsvSource({"'',128", "'',253", "-W,128", "-W,253", "-W -m 16,128", "-W -m 16,253"})
  @Shows({ClientRow.QEMU_IMG_N, ClientRow.QEMU_IMG_W, ClientRow.QEMU_IMG_W_16})
  void qemuImgThatMeetsABadSectorDoesNotComplete(String options, long mib) {
    String source =
        """
        json:{"driver": "raw", "file": {"driver": "blkdebug",
          "image": {"driver": "file", "filename": "%s"},
          "inject-error": [{"event": "none", "iotype": "read", "sector": %d}]}}
        """
            .formatted(disk.path(), mib * Disks.MIB / SECTOR)
            .replace("\n", "");
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.shell("qemu-img convert -n -O raw " + options + " \"$1\" \"$2\"")
          .with(source, trial.uri(Transport.TCP))
          .run()
          .assertFailed();
      assertThat(trial.assertIncomplete().position())
          .isPositive()
          .isLessThanOrEqualTo(mib * Disks.MIB);
    }
  }

  /** Its other coroutines write all the rest meanwhile, in order; only the hole tells. */
  @Test
  @Shows(ClientRow.QEMU_IMG_W)
  void qemuImgThatFailsLateLeavesAHoleThatItsGoodbyeDoesNotFill() {
    long size = 16L * Disks.MIB;
    Disk image = Disks.random(size);
    String pread =
        "pread=[ $4 -ne %d ] || { sleep 1; echo EIO bad sector >&2; exit 1; }\n"
            .formatted(6L * Disks.MIB);
    try (WriteTrial trial = WriteTrial.of(image)) {
      Command.of("nbdkit", "-U", "-", "eval", "get_size=echo " + size)
          .with("thread_model=echo serialize_all_requests")
          .with(
              pread
                  + "dd if=%s skip=$4 count=$3".formatted(image.path())
                  + " iflag=skip_bytes,count_bytes status=none")
          .with(
              "--run", "qemu-img convert -n -W -O raw \"$uri\" '" + trial.uri(Transport.TCP) + "'")
          .run()
          .assertFailed();
      trial.assertIncomplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDCOPY_NBD)
  void nbdcopyThatMeetsABadSectorDoesNotComplete(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.of("nbdkit", "-U", "-", "eval", "get_size=echo " + disk.size())
          .with(
              "pread=[ $4 -lt %d ] || { echo EIO bad sector >&2; exit 1; }\n".formatted(BAD)
                  + "dd if=%s skip=$4 count=$3".formatted(disk.path())
                  + " iflag=skip_bytes,count_bytes status=none")
          .with("--run", "nbdcopy \"$uri\" '" + trial.uri(transport) + "'")
          .run()
          .assertFailed();
      assertThat(trial.assertIncomplete().position()).isPositive().isLessThanOrEqualTo(BAD);
    }
  }

  static Stream<Arguments> writers() {
    return Stream.of(Writer.NBDCOPY, Writer.QEMU_IMG, Writer.QEMU_IMG_OUT_OF_ORDER)
        .flatMap(client -> Stream.of(Transport.values()).map(t -> Arguments.of(client, t)));
  }

  @ParameterizedTest
  @MethodSource("writers")
  @Shows({ClientRow.QEMU_IMG_N, ClientRow.QEMU_IMG_W, ClientRow.NBDCOPY})
  void aWriterThatIsInterruptedDoesNotComplete(Writer writer, Transport transport) {
    try (WriteTrial trial = WriteTrial.of(disk)) {
      trial.peer().pauseAt(PAUSE);
      Command command = writer.command(disk, trial.uri(transport)).interruptible();
      try (Command.Running client = command.start()) {
        trial.peer().awaitPause();
        client.interrupt();
        client.await().assertFailed();
      }
      trial.peer().goOn();
      trial.assertIncomplete();
    }
  }
}
