package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.StreamState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the API server is told of a stream, and what it is not. */
class TellingIT extends Steps {

  private static final byte[] DATA = new byte[SIZE];

  private OwnedExport make(String name) {
    StreamExport asked = ask(name, write(name));
    pod.step(asked);
    return pod.ownedExports.of(asked).orElseThrow();
  }

  @Test
  void theEndOfAStreamGoesWithTheFinalizer() throws Exception {
    make("done");
    carry("done", DATA);

    StreamExportStatus status = pod.step("done");

    assertThat(isComplete(status)).isTrue();
    assertThat(pod.read("done").getMetadata().getFinalizers()).isEmpty();
    pod.delete("done");
    assertThat(resources().now("done")).isEmpty();
  }

  /** The one that was withdrawn has ended, and the export has not: somebody else may have it. */
  @Test
  void theEndOfAWithdrawnStreamIsNotThatOfTheExport() {
    OwnedExport owned = make("withdrawn");
    assertThat(pod.ownedExports.withdraw()).isEqualTo(1);
    StreamExport before = pod.read("withdrawn");

    assertThat(pod.reporter.tell(before, owned)).as("it is to look again").isPresent();

    assertThat(pod.read("withdrawn").known()).isEqualTo(before.known());
    assertThat(pod.step("withdrawn").phase()).as("it is made again").isEqualTo(StreamState.WAITING);
    assertThat(pod.ownedExports.all()).hasSize(1);
  }

  /** Nobody places anew what the API server knows to have begun, so it may go on. */
  @Test
  void aStreamThatHasBegunIsNotWithdrawnOnceThatIsTold() throws Exception {
    make("told");
    CompletableFuture<byte[]> peer = service.peerReads("told");
    try (RawNbdClient client = service.connect()) {
      client.go("told");
      client.write(0, Arrays.copyOf(DATA, SIZE / 2));
      assertThat(pod.step("told").startTime()).isNotNull();

      assertThat(pod.ownedExports.withdraw()).isZero();

      client.write(SIZE / 2, Arrays.copyOf(DATA, SIZE / 2));
      client.disconnect();
    }
    assertThat(peer.get()).isEqualTo(DATA);
    service.api().awaitState("told", "COMPLETED");
    assertThat(isComplete(pod.step("told"))).isTrue();
  }

  @Test
  void aStreamThatHasBegunIsWithdrawnWhileTheApiServerDoesNotKnow() throws Exception {
    OwnedExport owned = make("untold");
    CompletableFuture<byte[]> peer = service.peerReads("untold");
    try (RawNbdClient client = service.connect()) {
      client.go("untold");
      client.write(0, Arrays.copyOf(DATA, SIZE / 2));

      assertThat(pod.ownedExports.withdraw()).isEqualTo(1);

      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(peer.get()).hasSizeLessThanOrEqualTo(SIZE / 2);
    assertThat(owned.export().stream().status().state().ended()).isTrue();
    assertThat(pod.step("untold").phase()).isEqualTo(StreamState.WAITING);
  }

  /** The janitor's word is final, be it wrong. */
  @Test
  void whatWasJudgedMeanwhileStaysSo() throws Exception {
    make("judged");
    carry("judged", DATA);
    StreamExport read = pod.read("judged");
    resources().write(read, statusOf(StreamState.FAILED, "2026-11-30T12:00:00Z", pod.owner));

    pod.step(read);
    pod.step("judged");

    assertThat(isComplete(pod.read("judged").known())).isFalse();
    assertThat(pod.read("judged").known().phase()).isEqualTo(StreamState.FAILED);
  }

  @Test
  void theLastWordsOfAPodTellHowAStreamHasEnded() throws Exception {
    make("last");
    carry("last", DATA);

    pod.lastWords.say();

    assertThat(isComplete(pod.read("last").known())).isTrue();
    assertThat(pod.read("last").getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  void theLastWordsOfAPodSayNothingOfWhatOthersHaveOrHaveJudged() throws Exception {
    make("others");
    carry("others", DATA);
    Owner other = new Owner("sluice-9", null, "other");
    resources().write(pod.read("others"), statusOf(StreamState.WAITING, null, other));
    pod.lastWords.say();
    assertThat(pod.read("others").known().phase()).isEqualTo(StreamState.WAITING);

    resources().write(pod.read("others"), statusOf(StreamState.FAILED, null, pod.owner));
    pod.lastWords.say();
    assertThat(pod.read("others").known().phase()).isEqualTo(StreamState.FAILED);
  }

  /** Somebody has removed the finalizer by hand. */
  @Test
  void theStreamOfAResourceThatIsGoneEndsAndThatOfTheNextDoesNot() {
    OwnedExport owned = make("gone");
    StreamExport last = pod.read("gone");
    resources().removeFinalizer(last);
    pod.delete("gone");

    pod.hearOfDeletion(last);

    assertThat(owned.export().stream().status().state()).isEqualTo(StreamState.CANCELLED);
    assertThat(pod.ownedExports.all()).isEmpty();
    OwnedExport next = make("gone");
    pod.hearOfDeletion(last);
    assertThat(next.export().stream().status().state()).isEqualTo(StreamState.WAITING);
    assertThat(pod.ownedExports.all()).containsExactly(next);
  }

  @Test
  void whatIsCancelledEndsHereAndSaysSo() {
    OwnedExport owned = make("cancelled");
    StreamExport made = pod.read("cancelled");
    Map<String, Object> spec = new HashMap<>(made.getSpec());
    spec.put(StreamExport.CANCEL, true);
    resources().change(made, spec);

    StreamExportStatus status = pod.step("cancelled");

    assertThat(owned.export().stream().status().state()).isEqualTo(StreamState.CANCELLED);
    assertThat(status.phase()).isEqualTo(StreamState.CANCELLED);
    assertThat(isComplete(status)).isFalse();
  }
}
