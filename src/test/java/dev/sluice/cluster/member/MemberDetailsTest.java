package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.member.Members.Place;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Lease says of its pod, and what it may lack. */
class MemberDetailsTest {

  private static final Owner POD = new Owner("sluice-0", null, "aa");

  private long now = Duration.ofDays(1).toNanos();
  private final Members members = new Members(() -> now, Duration.ofSeconds(9));

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  private void read(Lease... leases) {
    members.are(List.of(leases), now);
  }

  private static Lease lease(String uid, int version, @Nullable Map<String, String> notes) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(POD.lease())
        .withUid(uid)
        .withResourceVersion("" + version)
        .withAnnotations(notes)
        .endMetadata()
        .build();
  }

  /** Pods of two versions may have different keys for a while. */
  @Test
  void eachLeaseLastsAsLongAsItsOwnPodSays() {
    Map<String, String> longer = Map.of(Members.MILLIS, "30000");
    read(lease("1", 1, longer));
    pass(29);
    read(lease("1", 1, longer));
    assertThat(members.isLost(POD)).isFalse();
    pass(1);
    read(lease("1", 1, longer));
    assertThat(members.isLost(POD)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "1e9", "99999999999999999999"})
  void aLeaseThatSaysNoDurationLastsAsLongAsOnesOwn(String millis) {
    read(lease("1", 1, Map.of(Members.MILLIS, millis)));
    pass(8);
    read(lease("1", 1, Map.of(Members.MILLIS, millis)));
    assertThat(members.isLost(POD)).isFalse();
    pass(1);
    read(lease("1", 1, Map.of(Members.MILLIS, millis)));
    assertThat(members.isLost(POD)).isTrue();
  }

  @Test
  void aLeaseThatSaysNothingIsStillASignOfLife() {
    read(lease("1", 1, null));
    assertThat(members.live()).isEqualTo(1);
    assertThat(members.places()).containsEntry(POD.lease(), new Place(0, Optional.empty()));
    assertThat(members.api(POD)).isEmpty();
    assertThat(members.contact(POD.lease())).contains(new Members.Contact("", ""));
  }

  /** A Lease that was deleted and made again may have any version. */
  @Test
  void anotherLeaseOfTheNameIsASignOfLife() {
    read(lease("1", 1, Map.of()));
    pass(8);
    read(lease("2", 1, Map.of()));
    pass(8);
    read(lease("2", 1, Map.of()));
    assertThat(members.isLost(POD)).isFalse();
  }

  @Test
  void clientsAreLedToAPodOnlyWhileItGivesSignsOfLife() {
    Map<String, String> notes =
        Map.of(Members.NBD_ADDRESS, "10.0.0.1:10809", Members.RELAY_KEY, "key");
    assertThat(members.contact(POD.lease())).isEmpty();
    read(lease("1", 1, notes));
    assertThat(members.contact(POD.lease())).contains(new Members.Contact("10.0.0.1:10809", "key"));
    pass(9);
    read(lease("1", 1, notes));
    assertThat(members.contact(POD.lease())).isEmpty();
    assertThat(members.over()).containsOnlyKeys(POD.lease());
  }

  /** Or else whoever was away for long would be judged by the time before that. */
  @Test
  void aLeaseThatIsMissingForTheSecondTimeIsMissingSinceThen() {
    read();
    assertThat(members.isLost(POD)).isFalse();
    pass(5);
    read(lease("1", 1, Map.of()));
    pass(5);
    read();
    assertThat(members.isLost(POD)).isFalse();
    pass(8);
    read();
    assertThat(members.isLost(POD)).isFalse();
    pass(1);
    read();
    assertThat(members.isLost(POD)).isTrue();
  }
}
