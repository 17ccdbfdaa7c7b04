package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.ExportDocument;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams between three containers: a client, the service, and a peer beside the service. */
class ImageStreamIT {

  private static final long SIZE = 64L << 20;
  private static final String PIPE = ContainerPod.PIPES + "/disk.pipe";

  private ContainerPod pod;
  private SluiceContainer sluice;

  @BeforeEach
  void start() throws Exception {
    Image.require();
    pod = new ContainerPod();
    sluice = pod.sluice();
  }

  @AfterEach
  void stop() throws Exception {
    if (pod != null) {
      pod.close();
    }
  }

  @Test
  void aDiskWrittenByAClientReachesTheSidecarWhole() {
    String uri = create("write");
    ScriptContainer sidecar = pod.sidecar("sha256sum < $1", PIPE);
    ScriptContainer client =
        pod.client(
            "head -c $1 /dev/urandom > /tmp/disk; nbdcopy /tmp/disk $2; sha256sum < /tmp/disk",
            Long.toString(SIZE),
            uri);

    assertThat(sidecar.output()).isEqualTo(client.output());
    assertCompleted();
  }

  @Test
  void whatASidecarWritesIsTheDiskThatAClientReads() {
    String uri = create("read");
    ScriptContainer sidecar =
        pod.sidecar("head -c $1 /dev/urandom | tee $2 | sha256sum", Long.toString(SIZE), PIPE);
    ScriptContainer client = pod.client("nbdcopy $1 /tmp/disk; sha256sum < /tmp/disk", uri);

    assertThat(client.output()).isEqualTo(sidecar.output());
    assertCompleted();
  }

  private String create(String direction) {
    ExportDocument export =
        sluice.exports().create("disk", Path.of(PIPE), direction, SIZE, Map.of());
    return export.uris().getFirst().toString();
  }

  private void assertCompleted() {
    ExportDocument end = sluice.exports().awaitState("disk", "COMPLETED");
    assertThat(end.position()).isEqualTo(SIZE);
    assertThat(pod.sidecar("ls -A $1", ContainerPod.PIPES).output()).isEmpty();
  }
}
