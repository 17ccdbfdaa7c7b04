package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A writer that had its FIFO open before there was an export, so that nobody saw it open it. */
@Timeout(60)
class EarlierWriterTest {

  private static final int PART = 100_000;

  @Test
  void itCountsOnceItsBytesHaveComeSoASecondOneIsTold() throws Exception {
    try (OwnService service = OwnService.with()) {
      Files.createDirectories(service.root());
      Path path = service.root().resolve("disk");
      Command.of("mkfifo", path).run().assertSucceeded();
      try (RandomAccessFile earlier = new RandomAccessFile(path.toFile(), "rw")) {
        ExportDocument export =
            service.api().create("disk", path, "read", 2L * PART, Map.of("idleTimeout", "20s"));
        earlier.write(new byte[1000]);
        try (RawNbdClient client = service.connect()) {
          client.go("disk");
          assertThat(client.read(0, 1000)).containsOnly(0);

          try (RandomAccessFile second = new RandomAccessFile(path.toFile(), "rw")) {
            ExportDocument failed = service.api().awaitState(export.name(), "FAILED");
            assertThat(failed.failure()).contains("opened by 2 processes (expected: 1)");
          }
        }
      }
    }
  }
}
