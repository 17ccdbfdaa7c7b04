package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.CuttingProxy;
import dev.sluice.testing.CuttingProxy.Way;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code qemu-img} with {@code reconnect-delay}, whose connection is cut again and again: it comes
 * back by itself, and sends again the requests that it has no whole reply to.
 */
@ExtendWith(LeavesNothingBehind.class)
class ReconnectIT {

  private static final int CUTS = 10;
  private static final Disk DISK = Disks.random(64L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img");
  }

  /**
   * The requests that were cut are sent again. Without a window to compare them with, the first one
   * of all is not taken again, so the first cut comes after it.
   */
  @ParameterizedTest
  @CsvSource({"1, 0, 4", "2, 0, 4", "3, 0, 4", "4, 8M, 1", "5, 8M, 1"})
  @Shows(ClientRow.QEMU_IMG_RECONNECTS)
  void aWriterSurvivesTenCuts(long seed, String resumeWindow, long firstCutMebibytes) {
    long from = firstCutMebibytes * Disks.MIB;
    try (WriteTrial trial = WriteTrial.of(DISK, Map.of("resumeWindow", resumeWindow));
        CuttingProxy proxy = proxy(trial.export(), Way.TO_THE_SERVICE, seed, from)) {
      Command.of("qemu-img", "convert", "-n", "-f", "raw", "--target-image-opts")
          .with(DISK.path(), options(trial.export(), proxy))
          .run()
          .assertSucceeded();
      assertThat(proxy.cutsLeft()).isZero();
      trial.assertComplete();
    }
  }

  /** Whoever was cut off has said no goodbye, and nobody can tell that it is the same client. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  @Shows(ClientRow.QEMU_IMG_RECONNECTS_READING)
  void aReaderSurvivesTenCutsAndAnOperatorAcceptsWhatItHas(long seed) {
    try (ReadTrial trial = ReadTrial.of(DISK, Map.of("resumeWindow", "32M"))) {
      readWithCuts(trial, seed);
      ExportDocument left = trial.awaitLeft();
      assertThat(left.state()).as("%s", left).isEqualTo("INTERRUPTED");
      assertThat(left.failure()).contains("were sent to a client that did not say goodbye");
      trial.finish("{\"unread\": \"accept\"}");
      trial.assertComplete();
    }
  }

  private static void readWithCuts(ReadTrial trial, long seed) {
    try (CuttingProxy proxy = proxy(trial.export(), Way.TO_THE_CLIENT, seed, Disks.MIB)) {
      Command.of("qemu-img", "convert", "--image-opts", options(trial.export(), proxy))
          .with("-O", "raw", trial.copy())
          .run()
          .assertSucceeded();
      assertThat(proxy.cutsLeft()).isZero();
    }
  }

  private static CuttingProxy proxy(ExportDocument export, Way way, long seed, long from) {
    List<Long> cuts =
        new SplittableRandom(seed)
            .longs(CUTS, from, DISK.size() - Disks.MIB)
            .sorted()
            .boxed()
            .toList();
    return new CuttingProxy(Transport.TCP.uri(export), way, cuts);
  }

  private static String options(ExportDocument export, CuttingProxy proxy) {
    return "driver=raw,file.driver=nbd,file.host=127.0.0.1,file.port=%d,file.export=%s"
            .formatted(proxy.port(), export.name())
        + ",file.reconnect-delay=30";
  }
}
