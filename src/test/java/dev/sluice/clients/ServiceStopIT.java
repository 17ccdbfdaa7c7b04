package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service as its users run it, stopped in the middle of streams. */
class ServiceStopIT {

  private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);
  private static final int SIGTERM_EXIT_CODE = 128 + 15;
  private static final long PAUSE = 100L * Disks.MIB + 12_345;

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy");
  }

  @Test
  void failsEveryStreamAndSaysHowFarItCame() {
    Disk disk = Disks.random();
    try (SluiceProcess sluice = SluiceProcess.start();
        WriteTrial write = WriteTrial.of(sluice, disk);
        WriteTrial waiting = WriteTrial.of(sluice, disk);
        ReadTrial read = ReadTrial.of(sluice, disk)) {
      write.peer().pauseAt(PAUSE);
      read.peer().pauseAt(PAUSE);
      try (Command.Running writer =
              Writer.QEMU_IMG.command(disk, write.uri(Transport.TCP)).start();
          Command.Running reader =
              Reader.NBDCOPY.command(read.uri(Transport.UNIX), read.copy()).start()) {
        write.peer().awaitPause();
        read.peer().awaitPause();
        ExportDocument written = awaitStandstill(write);

        sluice.process().terminate();

        Command.Result stopped = sluice.process().await(STOPS_WITHIN);
        assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(SIGTERM_EXIT_CODE);
        writer.await().assertFailed();
        reader.await().assertFailed();
        assertFailedAt(sluice, written, written.position());
        assertThat(sluice.log())
            .contains("Export " + read.export().name() + " (read) is FAILED at");
        assertThat(sluice.log())
            .contains(waiting.export().name() + " is WAITING and goes on after the next start");
        assertThat(write.export().path()).doesNotExist();
        assertThat(waiting.export().path()).doesNotExist();
        assertThat(read.export().path()).doesNotExist();

        write.peer().goOn();
        write.peer().awaitEnd();
        assertThat(write.peer().count()).isEqualTo(written.position());
      }
    }
  }

  private static void assertFailedAt(SluiceProcess sluice, ExportDocument export, long position) {
    assertThat(sluice.log())
        .contains("Export %s (write) is FAILED at %d".formatted(export.name(), position))
        .contains("the service was stopped at position " + position);
  }

  /** Waits until the pipe to a peer that stands still is full. */
  private static ExportDocument awaitStandstill(WriteTrial trial) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .during(Duration.ofMillis(300))
        .until(trial::now, trial.now()::equals);
  }
}
