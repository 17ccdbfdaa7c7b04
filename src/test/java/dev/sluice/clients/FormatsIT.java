package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Images that {@code qemu-img} reads through the driver of their format: it has the whole disk
 * without having read every byte of the image.
 */
@ExtendWith(LeavesNothingBehind.class)
class FormatsIT {

  private static final Disk DISK = Disks.random(64L * Disks.MIB);
  private static final String SECRET = "secret,id=key,data=sluice-tests";

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img");
  }

  enum Format {
    QCOW2,
    VHDX,
    VPC,
    LUKS;

    String driver() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The image of a disk. */
    Disk image() {
      Path path = Workspace.newPath(driver());
      Command.of("qemu-img", "convert", "-f", "raw", "-O", driver(), "--object", SECRET)
          .with(this == LUKS ? new Object[] {"-o", "key-secret=key,iter-time=10"} : new Object[0])
          .with(DISK.path(), path)
          .run()
          .assertSucceeded();
      long size = new File(path.toString()).length();
      return new Disk(path, size, Sha256.of(path));
    }

    /** Reads it from an export. */
    Command read(ReadTrial trial) {
      String options =
          "driver=%s,file.driver=nbd,file.host=127.0.0.1,file.port=%d,file.export=%s"
              .formatted(driver(), trial.uri(Transport.TCP).getPort(), trial.export().name());
      return Command.of("qemu-img", "convert", "--object", SECRET, "--image-opts")
          .with(options + (this == LUKS ? ",key-secret=key" : ""), "-O", "raw", trial.copy());
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_FORMATS)
  void theReasonNamesWhatWasNotReadAndAnOperatorAcceptsIt(Format format) {
    Disk image = format.image();
    try (ReadTrial trial = ReadTrial.of(image, Map.of("reorderWindow", "64M"))) {
      assertCopied(format, trial);
      ExportDocument left = trial.awaitLeft();
      assertThat(left.state()).as("%s", left).isEqualTo("INTERRUPTED");
      assertThat(left.failure()).contains("not read");
      trial.finish("{\"unread\": \"accept\"}");
    } finally {
      Workspace.remove(image.path());
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.QEMU_IMG_FORMATS)
  void anExportThatAcceptsWhatIsUnreadCompletes(Format format) {
    Disk image = format.image();
    Map<String, ?> fields = Map.of("reorderWindow", "64M", "acceptUnread", true);
    try (ReadTrial trial = ReadTrial.of(image, fields)) {
      assertCopied(format, trial);
      ExportDocument left = trial.awaitLeft();
      assertThat(left.state()).as("%s", left).isEqualTo("COMPLETED");
    } finally {
      Workspace.remove(image.path());
    }
  }

  private static void assertCopied(Format format, ReadTrial trial) {
    format.read(trial).run().assertSucceeded();
    assertThat(Sha256.of(trial.copy(), 0, DISK.size())).isEqualTo(DISK.sha256());
  }
}
