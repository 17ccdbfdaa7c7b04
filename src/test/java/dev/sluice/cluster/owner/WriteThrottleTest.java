package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.stream.StreamState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a status is written. */
class WriteThrottleTest {

  private long now = Duration.ofDays(1).toNanos();
  private final WriteThrottle throttle =
      new WriteThrottle(Duration.ofSeconds(5), Duration.ofSeconds(15), () -> now);

  private static StreamExportStatus status(
      StreamState phase, long position, @Nullable String startTime) {
    return new StreamExportStatus(
        1L, phase, position, null, null, null, startTime, null, null, null, null, null);
  }

  private static final Owner OWNER = new Owner("sluice-0", null, "1");
  private static final StreamExportStatus WAITING = status(StreamState.WAITING, 0, null);
  private static final StreamExportStatus STARTED = status(StreamState.STREAMING, 1, "then");
  private static final StreamExportStatus LATER = status(StreamState.STREAMING, 2, "then");
  private static final StreamExportStatus CUT = status(StreamState.INTERRUPTED, 2, "then");
  private static final StreamExportStatus ENDED = status(StreamState.COMPLETED, 2, "then");

  @Test
  void aPositionIsWrittenOnceWithinTheInterval() {
    assertThat(throttle.untilWrite("a", STARTED, LATER)).isZero();
    throttle.wrote("a");
    now += Duration.ofSeconds(2).toNanos();
    assertThat(throttle.untilWrite("a", STARTED, LATER)).isEqualTo(Duration.ofSeconds(3));
    assertThat(throttle.untilWrite("b", STARTED, LATER)).isZero();
  }

  @Test
  void aBeginningAndAnEndAreWrittenAtOnce() {
    throttle.wrote("a");
    assertThat(throttle.untilWrite("a", WAITING, STARTED)).isZero();
    assertThat(throttle.untilWrite("a", LATER, ENDED)).isZero();
  }

  /** Every pod hears of every write. */
  @Test
  void positionsAreWrittenMoreSeldomWhereManyStreamsAndPodsAre() {
    throttle.wrote("a");

    throttle.shareAmong(/* streams= */ 1_000, /* pods= */ 10);
    assertThat(throttle.untilWrite("a", STARTED, LATER)).isEqualTo(Duration.ofSeconds(5));
    throttle.shareAmong(/* streams= */ 10_000, /* pods= */ 100);
    assertThat(throttle.untilWrite("a", STARTED, LATER)).isEqualTo(Duration.ofSeconds(140));
    assertThat(throttle.progress()).isEqualTo(Duration.ofSeconds(140));
    assertThat(throttle.untilWrite("a", LATER, CUT)).isEqualTo(Duration.ofMillis(500));
    assertThat(throttle.untilWrite("a", LATER, ENDED)).isZero();
  }

  /** So that a client which comes and goes does not flood the API server. */
  @Test
  void otherStatesAreWrittenTenTimesWithinTheInterval() {
    throttle.wrote("a");
    assertThat(throttle.untilWrite("a", LATER, CUT)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void whatIsGoneIsForgottenAndWhatIsThereIsNot() {
    for (String uid : List.of("a", "b", "c")) {
      throttle.wrote(uid);
      assertThat(throttle.mayAnnounce(uid)).isTrue();
    }

    throttle.forgetAllBut(Set.of("b", "new"));

    assertThat(throttle.size()).isEqualTo(1);
    assertThat(throttle.untilWrite("b", STARTED, LATER)).isEqualTo(Duration.ofSeconds(5));
    assertThat(throttle.mayAnnounce("b")).isFalse();
    assertThat(throttle.untilWrite("a", STARTED, LATER)).isZero();
  }

  /** Whoever has asked for the export waits for its URIs. */
  @Test
  void thatAPodHasMadeAnExportIsWrittenAtOnceAfterItsClaim() {
    throttle.wrote("a");
    assertThat(throttle.untilWrite("a", StreamExportStatus.ownedBy(OWNER, WAITING), WAITING))
        .isZero();
  }

  @Test
  void anEventIsMadeOnceAMinuteOfEach() {
    assertThat(throttle.mayAnnounce("a")).isTrue();
    assertThat(throttle.size()).isEqualTo(1);
    now += Duration.ofMinutes(1).toNanos() - 1;
    assertThat(throttle.mayAnnounce("a")).isFalse();
    assertThat(throttle.mayAnnounce("b")).isTrue();
    now++;
    assertThat(throttle.mayAnnounce("a")).isTrue();
  }

  @Test
  void nothingIsKnownOfOneThatIsForgotten() {
    throttle.wrote("a");
    assertThat(throttle.mayAnnounce("a")).isTrue();

    throttle.forget("a");

    assertThat(throttle.size()).isZero();
    assertThat(throttle.mayAnnounce("a")).isTrue();
    assertThat(throttle.untilWrite("a", STARTED, LATER)).isZero();
  }
}
