package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.cluster.connection.ApiServer;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.testing.KubernetesApi;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sign of life counts from when it was sent, and only if the API server has taken it. */
class OwnLeaseIT {

  private static final Duration DURATION = Duration.ofSeconds(9);
  private static final Owner OWNER = new Owner("sluice-0", "uid", "aa");

  private static ClusterRig rig;
  private static KubernetesClient client;

  /** What the lease takes for the time. */
  private long now = Duration.ofDays(1).toNanos();

  /** How long each of its requests takes. */
  private Duration takes = Duration.ZERO;

  private OwnLease lease;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
    client = ApiServer.client(rig.api.kubeConfig().toString(), rig.namespace, DURATION);
  }

  @AfterAll
  static void close() throws Exception {
    client.close();
    rig.close();
  }

  @BeforeEach
  void begin() {
    lease =
        new OwnLease(
            client,
            OWNER,
            URI.create("http://sluice-0:8080"),
            DURATION,
            () -> 5,
            this::more,
            () -> now);
  }

  private Map<String, String> more() {
    now += takes.toNanos();
    return Map.of("sluice.dev/more", "yes");
  }

  @AfterEach
  void remove() {
    client.leases().withName(OWNER.lease()).delete();
  }

  private static Lease read() {
    return client.leases().withName(OWNER.lease()).get();
  }

  @Test
  void itIsOverAfterTwoThirdsFromWhenTheLastGoodOneWasSent() {
    assertThat(lease.isValid()).as("none was given").isFalse();
    takes = Duration.ofSeconds(1);
    lease.renew();
    long sent = now - takes.toNanos() * 2; // it looks first whether it is there
    now = sent + Duration.ofSeconds(6).toNanos() - 1;
    assertThat(lease.isValid()).isTrue();
    now++;
    assertThat(lease.isValid()).isFalse();
    lease.renew();
    assertThat(lease.isValid()).isTrue();
  }

  @Test
  void oneThatIsNotTakenDoesNotCount() {
    lease.renew();
    now += Duration.ofSeconds(5).toNanos();
    changeByHand();

    assertThatExceptionOfType(KubernetesClientException.class).isThrownBy(lease::renew);

    assertThat(lease.isValid()).isTrue();
    now += Duration.ofSeconds(1).toNanos();
    assertThat(lease.isValid()).isFalse();
    lease.renew();
    assertThat(lease.isValid()).as("the next one begins anew").isTrue();
    assertThat(read().getSpec().getHolderIdentity()).isEqualTo(OWNER.lease());
  }

  private static void changeByHand() {
    client
        .leases()
        .withName(OWNER.lease())
        .edit(
            other -> {
              other.getSpec().setHolderIdentity("somebody");
              return other;
            });
  }

  @Test
  void oneThatWasDeletedIsThereAgain() {
    lease.renew();
    client.leases().withName(OWNER.lease()).delete();

    lease.renew();

    assertThat(read()).isNotNull();
  }

  @Test
  void eachIsAnotherVersionAndSaysWhatOthersNeed() {
    lease.renew();
    String first = read().getMetadata().getResourceVersion();
    now += Duration.ofSeconds(1).toNanos();
    lease.renew();

    Lease second = read();

    assertThat(second.getMetadata().getResourceVersion()).isNotEqualTo(first);
    assertThat(second.getMetadata().getLabels()).containsKey(Members.LABEL);
    assertThat(second.getMetadata().getAnnotations())
        .containsEntry(Members.POD, "sluice-0")
        .containsEntry(Members.API, "http://sluice-0:8080")
        .containsEntry(Members.MILLIS, "9000")
        .containsEntry(Members.ROOM, "5")
        .containsEntry("sluice.dev/more", "yes");
  }

  @Test
  void aPodThatPausesHasNoRoomForAsLongAsALeaseLasts() {
    assertThat(lease.room()).isEqualTo(5);
    lease.pause();
    now += DURATION.toNanos() - 1;
    assertThat(lease.room()).isZero();
    now++;
    assertThat(lease.room()).isEqualTo(5);
  }

  @Test
  void itIsOfThisProcessAndNoOther() {
    assertThat(lease.isOf(new Owner("sluice-0", null, "aa"))).isTrue();
    assertThat(lease.isOf(new Owner("sluice-0", "uid", "bb"))).as("started again").isFalse();
    assertThat(lease.isOf(new Owner("sluice-1", "uid", "aa"))).isFalse();
    assertThat(lease.isOf(null)).isFalse();
  }

  @Test
  void whenItIsEndedItIsGoneAndOver() {
    lease.renew();

    lease.end();

    assertThat(lease.isValid()).isFalse();
    assertThat(read()).isNull();
  }
}
