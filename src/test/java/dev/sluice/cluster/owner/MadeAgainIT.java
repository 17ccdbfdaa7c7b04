package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Sha256;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A resource is deleted and made again under its name, and the pod that has the export hears of
 * both as one change: as from a watch that begins anew after it has missed too much.
 */
class MadeAgainIT extends Steps {

  private static byte[] random(int seed) {
    byte[] data = new byte[SIZE];
    new Random(seed).nextBytes(data);
    return data;
  }

  /** The name gets a resource anew, which names the same owner if it was restored. */
  private StreamExport makeAgain(String name, boolean restored) {
    pod.delete(name);
    resources().removeFinalizer(pod.read(name));
    StreamExport asked = ask(name, write(name));
    return restored ? pod.give(name, pod.owner) : asked;
  }

  private static void assertThatIsWhole(StreamExportStatus status, byte[] data) {
    Sha256 sum = new Sha256();
    sum.update(data, SIZE);
    assertThat(isComplete(status)).isTrue();
    assertThat(status.digest()).isEqualTo(sum.hex());
    assertThat(status.position()).isEqualTo(SIZE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStreamThatRunsEndsAndTheNextBeginsAtItsFirstByte(boolean restored) throws Exception {
    String name = "runs-" + restored;
    ask(name, write(name));
    assertThat(pod.step(name).phase()).isEqualTo(StreamState.WAITING);
    byte[] old = random(1);
    CompletableFuture<byte[]> peer = service.peerReads(name);
    try (RawNbdClient client = service.connect()) {
      client.go(name);
      client.write(0, Arrays.copyOf(old, SIZE / 2));
      assertThat(pod.step(name).position()).isEqualTo(SIZE / 2);

      StreamExport again = makeAgain(name, restored);
      pod.step(again);

      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(peer.get()).isEqualTo(Arrays.copyOf(old, SIZE / 2));
    StreamExportStatus status = pod.read(name).known();
    assertThat(status.phase()).isEqualTo(StreamState.WAITING);
    assertThat(status.owner()).isEqualTo(pod.owner);
    assertThat(status.position()).isZero();
    assertThat(status.startTime()).isNull();
    assertThat(pod.ownedExports.all()).hasSize(1);
    carry(name, random(2));
    assertThatIsWhole(pod.step(name), random(2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStreamThatIsCompleteDoesNotCountForTheNext(boolean restored) throws Exception {
    String name = "complete-" + restored;
    ask(name, write(name));
    pod.step(name);
    carry(name, random(1));

    pod.step(makeAgain(name, restored));

    StreamExportStatus status = pod.read(name).known();
    assertThat(isComplete(status)).isFalse();
    assertThat(status.phase()).isEqualTo(StreamState.WAITING);
    assertThat(status.digest()).isNull();
    carry(name, random(2));
    assertThatIsWhole(pod.step(name), random(2));
  }

  /** What is told last is told of the resource that the export was made for. */
  @Test
  void theEndOfAStreamIsNotToldOfTheNextWhenThePodStops() throws Exception {
    ask("last", write("last"));
    pod.step("last");
    carry("last", random(1));
    makeAgain("last", /* restored= */ true);

    pod.lastWords.say();

    assertThat(isComplete(pod.read("last").known())).isFalse();
  }
}
