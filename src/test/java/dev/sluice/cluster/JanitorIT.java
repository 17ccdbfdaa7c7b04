package dev.sluice.cluster;

import static dev.sluice.cluster.JanitorRounds.HTTP;
import static dev.sluice.cluster.JanitorRounds.LEASE;
import static dev.sluice.cluster.JanitorRounds.LOST;
import static dev.sluice.cluster.JanitorRounds.OWN;
import static dev.sluice.cluster.JanitorRounds.completed;
import static dev.sluice.cluster.JanitorRounds.finalizers;
import static dev.sluice.cluster.JanitorRounds.status;
import static dev.sluice.cluster.JanitorRounds.streaming;
import static dev.sluice.cluster.JanitorRounds.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.cluster.member.ClusterSignals.Failure;
import dev.sluice.cluster.member.ClusterSignals.Judgement;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.KubernetesApi;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of what lost pods have left. */
class JanitorIT {

  private JanitorRounds rounds;

  @BeforeEach
  void start() {
    KubernetesApi.require();
    rounds = new JanitorRounds();
  }

  @AfterEach
  void end() throws Exception {
    rounds.close();
  }

  @Test
  void whatHadNotBegunIsAnybodysOnceItsPodIsLostAndNotBefore() {
    rounds.make("moved", HTTP, waiting(LOST));
    rounds.work();
    assertThat(rounds.read("moved").known()).as("it may be alive").isEqualTo(waiting(LOST));
    rounds.now += LEASE.toNanos() - 1;
    rounds.renew();
    rounds.work();
    assertThat(rounds.read("moved").known()).as("it may be alive").isEqualTo(waiting(LOST));
    rounds.now++;
    rounds.renew();

    rounds.work();

    StreamExportStatus status = rounds.read("moved").known();
    assertThat(status.owner()).isNull();
    assertThat(status.phase()).isNull();
    assertThat(finalizers(rounds.read("moved"))).isEmpty();
    assertThat(rounds.signals.judgements(Judgement.PLACED_ANEW)).isEqualTo(1);
    assertThat(rounds.signals.judgements(Judgement.FAILED)).isZero();
  }

  @Test
  void whatHadBegunHasFailedAtItsLastPosition() {
    rounds.make("begun", HTTP, streaming(LOST));
    rounds.make("never", HTTP + ", restartPolicy: Never", waiting(LOST));
    rounds.loseOthers();

    rounds.work();

    for (String name : List.of("begun", "never")) {
      StreamExportStatus status = rounds.read(name).known();
      assertThat(status.phase()).isEqualTo(StreamState.FAILED);
      assertThat(status.owner()).isEqualTo(LOST);
      assertThat(finalizers(rounds.read(name))).isEmpty();
      assertThat(ClusterRig.condition(rounds.rig.status(name), "Failed").path("reason").asString())
          .isEqualTo("OwnerLost");
      assertThat(
              ClusterRig.condition(rounds.rig.status(name), "Complete").path("status").asString())
          .isEqualTo("False");
    }
    assertThat(rounds.read("begun").known().position()).isEqualTo(4711);
    assertThat(rounds.read("begun").known().failure()).contains("sluice-2", "lost", "4711");
    assertThat(rounds.signals.judgements(Judgement.FAILED)).isEqualTo(2);
    assertThat(rounds.rig.kubectl("get", "events")).contains("OwnerLost", "streamexport/begun");
  }

  @Test
  void nobodyIsJudgedWhoGivesSignsOfLife() {
    OwnLease other = rounds.leaseOf(LOST);
    other.renew();
    rounds.make("alive", HTTP, streaming(LOST));
    rounds.make("own", HTTP, streaming(OWN));
    rounds.renew();
    rounds.work();
    rounds.now += LEASE.toNanos();
    other.renew();
    rounds.renew();

    rounds.work();

    assertThat(rounds.read("alive").known()).isEqualTo(streaming(LOST));
    assertThat(rounds.read("own").known()).isEqualTo(streaming(OWN));
    assertThat(rounds.hasLease(LOST.lease())).isTrue();
  }

  /** What it has read is old, or another one judges. */
  @Test
  void onlyTheFirstPodJudgesAndOnlyWhileItsLeaseIsGood() {
    rounds.make("begun", HTTP, streaming(LOST));
    OwnLease first = rounds.leaseOf(new Owner("sluice-0", null, "first"));
    first.renew();
    rounds.loseOthers();
    rounds.now += LEASE.toNanos() / 3 * 2;
    rounds.work();
    assertThat(rounds.read("begun").known()).as("the Lease is over").isEqualTo(streaming(LOST));

    rounds.now += LEASE.toNanos();
    first.renew();
    rounds.renew();
    rounds.work();
    assertThat(rounds.read("begun").known()).as("another one is first").isEqualTo(streaming(LOST));

    rounds.now += LEASE.toNanos();
    rounds.renew();
    rounds.work();
    assertThat(rounds.read("begun").known().phase()).isEqualTo(StreamState.FAILED);
  }

  @Test
  void whatIsDeletedGoesOnceNobodyHasItOrItsPodIsLost() {
    OwnLease other = rounds.leaseOf(new Owner("sluice-3", null, "alive"));
    other.renew();
    rounds.make("lost", HTTP, streaming(LOST));
    rounds.make("nobodys", HTTP, status(null, null, null, null, null));
    rounds.make("alive", HTTP, streaming(new Owner("sluice-3", null, "alive")));
    rounds.deleteAll();
    rounds.work();
    assertThat(rounds.resources.now("nobodys")).isEmpty();
    assertThat(rounds.resources.now("lost")).isPresent();
    rounds.loseOthers();
    other.renew();
    rounds.renew();

    rounds.work();

    assertThat(rounds.resources.now("lost")).isEmpty();
    assertThat(rounds.resources.now("alive")).isPresent();
    assertThat(rounds.signals.judgements(Judgement.FAILED)).isZero();
  }

  @Test
  void whatHasEndedStaysAsItIsUntilItsTimeIsOver() {
    String shortly = HTTP + ", ttlSecondsAfterFinished: 10";
    rounds.make("expires", shortly, completed(null));
    rounds.make("later", HTTP + ", ttlSecondsAfterFinished: 11", completed(null));
    rounds.make("stays", HTTP, completed(LOST));
    rounds.loseOthers();
    rounds.work();
    assertThat(rounds.resources.now("expires")).as("not yet").isPresent();
    assertThat(finalizers(rounds.read("stays"))).isEmpty();
    assertThat(rounds.read("stays").known()).isEqualTo(completed(LOST));
    rounds.resources.removeFinalizer(rounds.read("expires"));

    rounds.isAt(Instant.parse("2026-11-30T12:00:10.001Z"));
    rounds.work();

    assertThat(rounds.resources.now("expires")).isEmpty();
    assertThat(rounds.resources.now("later")).isPresent();
    assertThat(rounds.resources.now("stays")).isPresent();
    assertThat(rounds.signals.judgements(Judgement.FAILED)).isZero();
  }

  /** Otherwise {@code kubectl wait} waits until its time is over. */
  @Test
  void aFinalStatusIsAboutTheSpecThatWasChangedSince() {
    StreamExport ended = rounds.make("ended", HTTP, completed(OWN));
    StreamExportStatus before = ended.known();
    rounds.rig.kubectl(
        "patch", "sx/ended", "--type=merge", "-p", "{\"spec\": {\"ttlSecondsAfterFinished\": 99}}");

    rounds.work();

    assertThat(rounds.read("ended").known()).isEqualTo(before.about(2L)).isNotEqualTo(before);
  }

  /** Its pod may have been away for a moment. */
  @Test
  void aLeaseThatWasRenewedMeanwhileIsNotDeleted() {
    OwnLease other = rounds.leaseOf(LOST);
    other.renew();
    rounds.renew();
    rounds.loseOthers();
    other.renew();

    rounds.work();

    assertThat(rounds.hasLease(LOST.lease())).isTrue();
    rounds.renew();
    rounds.work();
    assertThat(rounds.hasLease(LOST.lease())).isTrue();
  }

  /** A Lease that is over tells since when; so it stays as long as somebody has to be judged. */
  @Test
  void theLeaseOfALostPodGoesWhenNothingIsLeftToJudge() {
    rounds.leaseOf(LOST).renew();
    Owner idle = new Owner("sluice-4", null, "idle");
    rounds.leaseOf(idle).renew();
    rounds.renew();
    rounds.make("begun", HTTP, streaming(LOST));
    rounds.make("ended", HTTP, completed(idle));
    rounds.loseOthers();

    rounds.work();
    assertThat(rounds.hasLease(idle.lease())).as("nothing is left of it").isFalse();
    assertThat(rounds.hasLease(LOST.lease())).as("its export was judged in this round").isTrue();
    rounds.renew();
    rounds.work();

    assertThat(rounds.hasLease(LOST.lease())).isFalse();
    assertThat(rounds.hasLease(OWN.lease())).isTrue();
  }

  @Test
  void whatCannotBeDoneKeepsNobodyFromTheRest() {
    StreamExport old = rounds.make("old", HTTP, streaming(LOST));
    rounds.resources.write(old, completed(LOST));
    StreamExport spoilt = rounds.read("old");
    spoilt.setStatus(status(StreamState.FAILED, null, null, "no time", OWN));
    spoilt.setSpec(Map.of(StreamExport.TTL, 1));
    StreamExport last = rounds.make("last", HTTP, streaming(LOST));
    rounds.loseOthers();

    assertThatExceptionOfType(DateTimeParseException.class)
        .isThrownBy(() -> rounds.work(List.of(old, spoilt, last)));

    assertThat(rounds.read("old").known()).as("somebody was faster").isEqualTo(completed(LOST));
    assertThat(rounds.signals.failures(Failure.OUTDATED)).isEqualTo(1);
    assertThat(rounds.read("last").known().phase()).isEqualTo(StreamState.FAILED);
    rounds.work(List.of(old, rounds.read("last")));
  }
}
