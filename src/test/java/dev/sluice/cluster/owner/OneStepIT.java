package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.StreamState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a pod does about one version of a resource, be it an old one. */
class OneStepIT extends Steps {

  private static final Owner OTHER = new Owner("sluice-9", null, "other");

  private static String finalizers(StreamExport resource) {
    return String.join(",", resource.getMetadata().getFinalizers());
  }

  @Test
  void ofTwoThatHaveReadTheSameVersionOneHasTheExport() {
    StreamExport asked = ask("claimed", write("claimed"));
    resources().write(asked, StreamExportStatus.ownedBy(OTHER, asked.known()));

    assertThat(pod.step(asked)).as("it is to look again").isPresent();

    assertThat(pod.read("claimed").known().owner()).isEqualTo(OTHER);
    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(service.api().statusOf("/exports/claimed")).isEqualTo(404);
  }

  @Test
  void nothingIsTakenByAPodThatIsNotSureOfItsLease() {
    ask("unsure", write("unsure"));
    pod.pass(SteppedPod.LEASE);

    assertThat(pod.step("unsure").owner()).isNull();
    assertThat(pod.ownedExports.all()).isEmpty();

    pod.renew();
    assertThat(pod.step("unsure").owner()).isEqualTo(pod.owner);
  }

  @Test
  void nothingIsTakenWhileAPodPauses() {
    ask("paused", write("paused"));
    pod.lease.pause();

    assertThat(pod.step("paused").owner()).isNull();
  }

  @Test
  void whatIsAnotherPodsByNameIsLeftToIt() {
    ask("named", write("named") + ", pod: sluice-9");

    assertThat(pod.step("named").owner()).isNull();
    assertThat(pod.ownedExports.all()).isEmpty();
  }

  @Test
  void whatIsMadeWhileTheLeaseRunsOutIsTakenBack() {
    ask("slow", write("slow"));
    pod.slow = "slow";

    StreamExportStatus status = pod.step("slow");

    assertThat(status.phase()).as("others may take it").isNull();
    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(service.api().statusOf("/exports/slow")).isEqualTo(404);
  }

  @Test
  void nothingIsMadeOfWhatThisPodHasWhileItsLeaseIsOver() {
    ask("over", write("over"));
    pod.give("over", pod.owner);
    pod.pass(SteppedPod.LEASE);
    long changes = service.bean(ExportRegistry.class).changes().count();

    assertThat(pod.step("over").phase()).isNull();
    assertThat(service.bean(ExportRegistry.class).changes().count()).isEqualTo(changes);

    pod.renew();
    assertThat(pod.step("over").phase()).isEqualTo(StreamState.WAITING);
  }

  /** The first part of it may have been delivered. */
  @Test
  void whatHasBegunAndIsNotThereAnyMoreIsNeverMadeAgain() {
    ask("begun", write("begun"));
    StreamExport given = pod.give("begun", pod.owner);
    StreamExportStatus begun = statusOf(StreamState.STREAMING, "2026-11-30T12:00:00Z", pod.owner);
    resources().write(given, begun);

    StreamExportStatus status = pod.step("begun");

    assertThat(status.phase()).isEqualTo(StreamState.FAILED);
    assertThat(isSo(status, Conditions.COMPLETE)).isFalse();
    assertThat(isSo(status, Conditions.FAILED)).isTrue();
    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(finalizers(pod.read("begun"))).isEmpty();
  }

  /** The version before one's own claim says that nobody has it. */
  @Test
  void anOldVersionTakesNothingAwayFromAPod() {
    StreamExport asked = ask("kept", write("kept"));
    assertThat(pod.step("kept").phase()).isEqualTo(StreamState.WAITING);
    StreamExport own = pod.read("kept");

    pod.step(asked);

    assertThat(pod.ownedExports.of(own)).isPresent();
    assertThat(pod.read("kept").known()).isEqualTo(own.known());
  }

  @Test
  void whatOthersHaveByNowEndsHere() {
    ask("judged", write("judged"));
    pod.step("judged");
    StreamExport own = pod.read("judged");
    StreamExport judged = resources().write(own, StreamExportStatus.ownedBy(OTHER, own.known()));

    assertThat(pod.step(judged)).isPresent();

    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(service.api().statusOf("/exports/judged")).isEqualTo(404);
    assertThat(pod.read("judged").known().owner()).isEqualTo(OTHER);
  }

  @Test
  void whatNobodyHasByNowEndsHereBeforeAnybodyTakesIt() {
    ask("released", write("released"));
    pod.step("released");
    StreamExport own = pod.read("released");
    StreamExport released = resources().write(own, statusOf(null, null, null));

    pod.step(released);

    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(pod.read("released").known().owner()).isNull();
  }

  @Test
  void onlyTheOwnerLetsAResourceGo() {
    ask("others", write("others"));
    pod.give("others", OTHER);
    pod.delete("others");
    pod.step("others");
    assertThat(finalizers(pod.read("others"))).isNotEmpty();

    ask("own", write("own"));
    pod.step("own");
    pod.delete("own");
    pod.step(pod.read("own"));
    assertThat(resources().now("own")).isEmpty();
    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(service.api().statusOf("/exports/own")).isEqualTo(404);
  }

  @Test
  void whatNobodyHasMayGo() {
    StreamExport asked = ask("nobodys", write("nobodys"));
    resources().addFinalizer(asked);
    pod.delete("nobodys");

    pod.step(pod.read("nobodys"));

    assertThat(resources().now("nobodys")).isEmpty();
  }

  /** As when the process was too slow to remove it with the last status. */
  @Test
  void whatHasEndedMayGoAsFarAsItIsThisPods() {
    for (Owner owner : new Owner[] {pod.owner, OTHER}) {
      String name = "ended-" + owner.pod();
      ask(name, write(name));
      StreamExport given = pod.give(name, owner);
      resources().write(given, statusOf(StreamState.CANCELLED, null, owner));

      pod.step(name);
    }

    assertThat(finalizers(pod.read("ended-" + pod.owner.pod()))).isEmpty();
    assertThat(finalizers(pod.read("ended-sluice-9"))).isNotEmpty();
  }

  @Test
  void whatIsCancelledBeforeAnybodyHasItIsNotMade() {
    ask("cancelled", write("cancelled") + ", cancel: true");

    StreamExportStatus status = pod.step("cancelled");

    assertThat(status.phase()).isEqualTo(StreamState.CANCELLED);
    assertThat(isSo(status, Conditions.COMPLETE)).isFalse();
    assertThat(pod.ownedExports.all()).isEmpty();
  }

  @Test
  void whatAPodCannotMakeNowIsGivenBack() throws Exception {
    ask("full", write("full"));
    for (int i = 0; i < MAX; i++) {
      service.create("other-" + i, "write", SIZE);
    }

    StreamExportStatus status = pod.step("full");

    assertThat(status.owner()).isNull();
    assertThat(status.phase()).isNull();
    assertThat(finalizers(pod.read("full"))).isEmpty();
    assertThat(pod.lease.room()).isZero();
    assertThat(pod.step("full").owner()).as("it pauses").isNull();
  }

  @Test
  void whatNoPodCanMakeIsRefused() {
    ask("refused", "direction: write, path: /etc/passwd");

    StreamExportStatus status = pod.step("refused");

    assertThat(status.phase()).isEqualTo(StreamState.FAILED);
    assertThat(status.refusal()).isPresent();
    assertThat(finalizers(pod.read("refused"))).isEmpty();
    assertThat(rig.kubectl("get", "events")).contains("Refused");
  }

  @Test
  void whatTheApiServerDoesNotTakeIsTriedAgain() {
    StreamExport asked = ask("invalid", write("invalid"));
    StreamExport spoilt = new StreamExport();
    spoilt.setMetadata(asked.getMetadata());
    spoilt.setSpec(Map.of("direction", "sideways"));
    assertThatExceptionOfType(KubernetesClientException.class).isThrownBy(() -> pod.step(spoilt));
    assertThat(pod.ownedExports.all()).isEmpty();
    assertThat(pod.step("invalid").phase()).isEqualTo(StreamState.WAITING);
  }

  @Test
  void anExportThatWaitsIsLookedAtAgain() {
    ask("looked", write("looked"));

    assertThat(pod.step(pod.read("looked"))).hasValue(SteppedPod.LEASE.dividedBy(6));
    assertThat(pod.step(pod.read("looked"))).as("nothing has changed").isPresent();
  }
}
