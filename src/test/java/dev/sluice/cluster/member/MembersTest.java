package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.member.Members.Place;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pods are there, by their Leases. */
class MembersTest {

  private static final Owner FIRST = new Owner("sluice-0", null, "aa");
  private static final Owner SECOND = new Owner("sluice-1", null, "bb");
  private static final Share ONE = new Share(1, 2);

  private long now = Duration.ofDays(1).toNanos();
  private final Members members = new Members(() -> now, Duration.ofSeconds(15));

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  private void read(Lease... leases) {
    members.are(List.of(leases), now);
  }

  private static Lease lease(Owner owner, int version, int room) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(owner.lease())
        .withUid("uid-" + owner.lease())
        .withResourceVersion("" + version)
        .withAnnotations(
            new HashMap<>(
                Map.of(
                    Members.POD,
                    owner.pod(),
                    Members.API,
                    "http://" + owner.pod() + ":8080",
                    Members.MILLIS,
                    "15000",
                    Members.ROOM,
                    "" + room)))
        .endMetadata()
        .build();
  }

  @Test
  void onePodIsLostWhenItsLeaseHasStayedAsItIsForItsDuration() {
    read(lease(FIRST, 1, 5));
    pass(10);
    read(lease(FIRST, 2, 5));
    pass(14);
    read(lease(FIRST, 2, 5));
    assertThat(members.isLost(FIRST)).isFalse();
    pass(1);
    read(lease(FIRST, 2, 5));
    assertThat(members.isLost(FIRST)).isTrue();
    read(lease(FIRST, 3, 5));
    assertThat(members.isLost(FIRST)).as("it is back").isFalse();
  }

  /** Whoever cannot read knows nothing of others. */
  @Test
  void nobodyIsLostWhileNobodyCanRead() {
    read(lease(FIRST, 1, 5));
    pass(60);
    assertThat(members.isLost(FIRST)).isFalse();
    assertThat(members.isLost(SECOND)).isFalse();
    pass(60);
    assertThat(members.isLost(SECOND)).isFalse();
  }

  /** An answer tells how it was when it was asked for, or later, and nobody knows which. */
  @Test
  void anAnswerThatTookLongSaysNothingOfWhatHappenedMeanwhile() {
    read(lease(FIRST, 1, 5));
    pass(14);
    long askedAt = now;
    pass(60);
    members.are(List.of(lease(FIRST, 1, 5)), askedAt);
    assertThat(members.isLost(FIRST)).isFalse();
  }

  @Test
  void aPodWithoutALeaseIsLostAfterAWhile() {
    read();
    assertThat(members.isLost(FIRST)).isFalse();
    pass(14);
    read();
    assertThat(members.isLost(FIRST)).isFalse();
    pass(1);
    read();
    assertThat(members.isLost(FIRST)).isTrue();
  }

  /** Each process that is lost has had a name of its own. */
  @Test
  void whatIsMissingIsForgottenOnceNoExportNeedsIt() {
    read();
    for (int i = 0; i < 1000; i++) {
      Owner lost = new Owner("sluice-0", null, "instance-" + i);
      assertThat(members.isLost(lost)).isFalse();
      members.forgetMissingBut(Set.of(FIRST.lease(), lost.lease()));
    }
    assertThat(members.missing()).isEqualTo(1);
    assertThat(members.isLost(FIRST)).isFalse();
    pass(15);
    members.forgetMissingBut(Set.of(FIRST.lease()));
    read();
    assertThat(members.isLost(FIRST)).as("since when it is missing is still known").isTrue();
    read(lease(FIRST, 1, 5));
    assertThat(members.missing()).as("it has a Lease again").isZero();
  }

  @Test
  void placesAreThoseOfPodsThatGiveSignsOfLife() {
    Lease busy = lease(SECOND, 1, 6);
    Load load = new Load("node", new Share(4, 10), new Share(5, 512), new Share(6, 1000));
    busy.getMetadata().getAnnotations().putAll(load.notes());
    read(lease(FIRST, 1, 5), busy);
    assertThat(members.places())
        .containsOnly(
            Map.entry(FIRST.lease(), new Place(5, Optional.empty())),
            Map.entry(SECOND.lease(), new Place(6, Optional.of(load))));
    pass(15);
    read(lease(FIRST, 2, 5), busy);
    assertThat(members.places()).as("the other one is lost").containsOnlyKeys(FIRST.lease());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "12/", "/12", "-1/12", "1/-2", "1/2/3", "1 / 2", "a/b"})
  void aLoadThatIsNoneCountsForNothing(String text) {
    Lease lease = lease(FIRST, 1, 5);
    lease.getMetadata().getAnnotations().putAll(new Load("", ONE, ONE, ONE).notes());
    lease.getMetadata().getAnnotations().put("sluice.dev/exports", text);
    read(lease);
    assertThat(members.places()).containsValue(new Place(5, Optional.empty()));
  }

  @Test
  void theJanitorIsTheFirstOfThoseThatAreThere() {
    read(lease(FIRST, 1, 5), lease(SECOND, 1, 6));
    assertThat(members.isJanitor(FIRST.lease())).isTrue();
    assertThat(members.isJanitor(SECOND.lease())).isFalse();
    assertThat(members.live()).isEqualTo(2);
    pass(15);
    read(lease(FIRST, 1, 5), lease(SECOND, 2, 6));
    assertThat(members.isJanitor(SECOND.lease())).isTrue();
    assertThat(members.over()).containsOnlyKeys(FIRST.lease());
    assertThat(members.live()).isEqualTo(1);
  }

  /** Tokens are sent there. */
  @Test
  void theApiOfAPodIsWhereItsLeaseSaysAsLongAsThatIsNotOver() {
    assertThat(members.api(FIRST)).isEmpty();
    read(lease(FIRST, 1, 5));
    assertThat(members.api(FIRST)).contains(URI.create("http://" + FIRST.pod() + ":8080"));
    pass(15);
    read(lease(FIRST, 1, 5));
    assertThat(members.api(FIRST)).as("it is over").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sluice-0:8080", "file:///etc/passwd", "http://a b", "http:///"})
  void anAddressThatIsNoneCountsForNothing(String address) {
    Lease lease = lease(FIRST, 1, 5);
    lease.getMetadata().setAnnotations(Map.of(Members.API, address));
    read(lease);
    assertThat(members.api(FIRST)).isEmpty();
  }

  @Test
  void anEarlierAnswerDoesNotCountAfterALaterOne() {
    read(lease(FIRST, 2, 5));
    members.are(List.of(), now - 1);
    assertThat(members.api(FIRST)).isPresent();
  }

  /** Or else nobody would judge as long again when the first pod is killed, and starts again. */
  @Test
  void oneThatHasJustComeLeavesJudgingToThoseWhoHaveLookedLongEnough() {
    read(lease(SECOND, 1, 5));
    pass(15);
    read(lease(SECOND, 2, 5), lease(FIRST, 1, 5));
    assertThat(members.isJanitor(SECOND.lease())).isTrue();
    assertThat(members.isJanitor(FIRST.lease())).isFalse();
    pass(15);
    read(lease(SECOND, 3, 5), lease(FIRST, 2, 5));
    assertThat(members.isJanitor(FIRST.lease())).isTrue();
  }
}
