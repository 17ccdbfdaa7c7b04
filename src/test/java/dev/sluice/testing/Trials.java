package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What trials of both directions have in common. */
final class Trials {

  private static final AtomicInteger STARTED = new AtomicInteger();

  private Trials() {}

  static Path newEndpoint(Sluice sluice, String direction) {
    return sluice.root().resolve(direction + "-" + STARTED.incrementAndGet());
  }

  /** Makes an export named like its endpoint; what is there already is closed if that fails. */
  static ExportDocument export(
      Sluice sluice,
      Path path,
      String direction,
      Long size,
      Map<String, ?> more,
      AutoCloseable ifItFails) {
    try {
      return sluice.api().create(path.getFileName().toString(), path, direction, size, more);
    } catch (RuntimeException | AssertionError e) {
      try {
        ifItFails.close();
      } catch (Exception again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  static ExportDocument assertCompleted(Sluice sluice, ExportDocument export, Disk disk) {
    ExportDocument ended =
        sluice.api().await(export.name(), now -> now.endedAt() != null || now.clients() == 0);
    assertThat(ended.state()).as("state of %s", ended).isEqualTo("COMPLETED");
    assertThat(ended.position()).as("position of %s", ended).isEqualTo(disk.size());
    assertThat(ended.failure()).isNull();
    return ended;
  }

  static void end(Sluice sluice, ExportDocument export, StreamPeer peer) {
    peer.close();
    if (sluice.isRunning()) {
      sluice.api().delete(export.name(), true);
    }
    try {
      Files.deleteIfExists(export.path()); // a socket's file stays behind
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
