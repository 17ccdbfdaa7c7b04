package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.ExportDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service's container is told to stop in the middle of a stream between two others. */
class ImageDrainIT {

  private static final long SIZE = 64L << 20;
  private static final String PIPE = ContainerPod.PIPES + "/disk.pipe";

  /** Reads half, waits for a file, and reads the rest. */
  private static final String SLOW_PEER =
      """
      { head -c $((SIZE / 2)); until [ -e "$1.go" ]; do sleep 0.1; done; cat; } < $1 | sha256sum"""
          .replace("SIZE", Long.toString(SIZE));

  private static final Duration STOPS_WITHIN = Duration.ofMinutes(1);

  private ContainerPod pod;

  @BeforeEach
  void start() throws Exception {
    Image.require();
    pod = new ContainerPod();
  }

  @AfterEach
  void stop() throws Exception {
    if (pod != null) {
      pod.close();
    }
  }

  private record Stream(SluiceContainer sluice, ScriptContainer sidecar, ScriptContainer client) {}

  /** A stream that stands still in its middle. */
  private Stream stream(String drainTimeout) {
    SluiceContainer sluice = pod.sluice("SLUICE_EXPORTS_DRAINTIMEOUT", drainTimeout);
    ExportDocument export = sluice.exports().create("disk", Path.of(PIPE), "write", SIZE, Map.of());
    ScriptContainer sidecar = pod.sidecar(SLOW_PEER, PIPE);
    ScriptContainer client =
        pod.client(
            "head -c $1 /dev/urandom > /tmp/disk; nbdcopy /tmp/disk $2; sha256sum < /tmp/disk",
            Long.toString(SIZE),
            export.uris().getFirst().toString());
    sluice.exports().await("disk", now -> now.position() >= SIZE / 2);
    return new Stream(sluice, sidecar, client);
  }

  @Test
  void aStreamThatRunsComesToItsEndFirst() {
    Stream stream = stream("5m");

    stream.sluice().terminate();
    await().until(() -> stream.sluice().log().contains("The service stops when 1 stream(s)"));
    assertThat(stream.sluice().exports().get("disk").state()).isEqualTo("STREAMING");
    assertThat(pod.sidecar("touch $1.go", PIPE).awaitExit()).isZero();

    assertThat(stream.sidecar().output()).isEqualTo(stream.client().output());
    assertThat(stream.sluice().awaitExit(STOPS_WITHIN)).isEqualTo(SluiceContainer.SIGTERM_EXIT);
    assertThat(stream.sluice().log())
        .containsPattern("Export disk \\(write\\) is COMPLETED at " + SIZE);
  }

  @Test
  void aStreamThatTakesLongerThanItMayHasFailed() {
    Stream stream = stream("1s");

    stream.sluice().terminate();

    assertThat(stream.sluice().awaitExit(STOPS_WITHIN)).isEqualTo(SluiceContainer.SIGTERM_EXIT);
    assertThat(stream.client().awaitExit()).isNotZero();
    assertThat(stream.sluice().log())
        .contains("Export disk has not ended in time")
        .containsPattern("Export disk \\(write\\) is FAILED at \\d+ .*the service was stopped")
        .doesNotContain("COMPLETED");
  }
}
