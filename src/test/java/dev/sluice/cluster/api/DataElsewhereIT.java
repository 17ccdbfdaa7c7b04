package dev.sluice.cluster.api;

import static dev.sluice.cluster.api.TwoPods.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Typed;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code sluice data} as the peer of an export that another pod has than the one it asks. */
class DataElsewhereIT {

  private static final Disk DISK = Disks.random(4L * Disks.MIB);
  private static final String SIZED = ", \"size\": " + DISK.size();

  private static TwoPods pods;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    Peers.require("nbdcopy");
    pods = new TwoPods();
  }

  @AfterAll
  static void end() throws Exception {
    pods.close();
  }

  private static Typed data(InputStream in, OutputStream out, String... words) {
    Map<String, String> variables =
        Map.of("SLUICE_URL", "http://127.0.0.1:" + pods.first.port(), "SLUICE_TOKEN", OPERATOR);
    return Typed.run(new Surroundings(variables::get, () -> 0, in, out), words);
  }

  private static String there() {
    return "http://127.0.0.1:" + pods.second.port();
  }

  @Test
  void itGetsWhatClientsWrite() throws Exception {
    JsonNode made = pods.makeAtSecond("save", "write", SIZED);
    Path got = Workspace.newPath("got");
    try (OutputStream out = Files.newOutputStream(got)) {
      Typed refused = data(InputStream.nullInputStream(), out, "data", "save");
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.err()).contains(there(), "--location-trusted").doesNotContain(OPERATOR);

      try (Command.Running client =
          Command.of("nbdcopy", DISK.path(), made.at("/uris/0").asString()).start()) {
        Typed typed =
            data(InputStream.nullInputStream(), out, "data", "save", "--location-trusted");

        assertThat(typed.exitCode()).as(typed.err()).isZero();
        client.await().assertSucceeded();
      }
    }
    assertThat(Sha256.of(got)).isEqualTo(DISK.sha256());
    assertThat(pods.rig.awaitPhase("save", "COMPLETED").path("position").asLong())
        .isEqualTo(DISK.size());
  }

  /** Its input is read once, and not before the pod that has the export wants it. */
  @Test
  void itGivesWhatClientsRead() throws Exception {
    JsonNode made = pods.makeAtSecond("restore", "read", SIZED + ", \"digest\": \"SHA-256\"");
    Path got = Workspace.newPath("got");
    AtomicInteger reads = new AtomicInteger();
    try (InputStream in =
        new FilterInputStream(Files.newInputStream(DISK.path())) {
          @Override
          public int read(byte[] bytes, int start, int count) throws IOException {
            reads.incrementAndGet();
            return super.read(bytes, start, count);
          }
        }) {
      Typed refused = data(in, OutputStream.nullOutputStream(), "data", "restore");
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.err()).contains(there(), "--location-trusted");
      assertThat(reads).hasValue(0);

      try (Command.Running client =
          Command.of("nbdcopy", made.at("/uris/0").asString(), got).start()) {
        Typed typed =
            data(in, OutputStream.nullOutputStream(), "data", "restore", "--location-trusted");

        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.err()).contains(DISK.sha256());
        client.await().assertSucceeded();
      }
    }
    assertThat(Sha256.of(got)).isEqualTo(DISK.sha256());
    assertThat(pods.rig.awaitPhase("restore", "COMPLETED").path("digest").asString())
        .isEqualTo(DISK.sha256());
  }
}
