package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.stream.StreamState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a status is written. */
class PaceTest {

  private long now = Duration.ofDays(1).toNanos();
  private final Pace pace = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(15), () -> now);

  private static StreamExportStatus status(
      StreamState phase, long position, @Nullable String startTime) {
    return new StreamExportStatus(
        1L, phase, position, null, null, null, startTime, null, null, null, null, null);
  }

  private static final StreamExportStatus WAITING = status(StreamState.WAITING, 0, null);
  private static final StreamExportStatus STARTED = status(StreamState.STREAMING, 1, "then");
  private static final StreamExportStatus LATER = status(StreamState.STREAMING, 2, "then");
  private static final StreamExportStatus CUT = status(StreamState.INTERRUPTED, 2, "then");
  private static final StreamExportStatus ENDED = status(StreamState.COMPLETED, 2, "then");

  @Test
  void aPositionIsWrittenOnceWithinTheInterval() {
    assertThat(pace.untilWrite("a", STARTED, LATER)).isZero();
    pace.wrote("a");
    now += Duration.ofSeconds(2).toNanos();
    assertThat(pace.untilWrite("a", STARTED, LATER)).isEqualTo(Duration.ofSeconds(3));
    assertThat(pace.untilWrite("b", STARTED, LATER)).isZero();
  }

  @Test
  void aBeginningAndAnEndAreWrittenAtOnce() {
    pace.wrote("a");
    assertThat(pace.untilWrite("a", WAITING, STARTED)).isZero();
    assertThat(pace.untilWrite("a", LATER, ENDED)).isZero();
  }

  /** Every pod hears of every write. */
  @Test
  void positionsAreWrittenMoreSeldomWhereManyStreamsAndPodsAre() {
    pace.wrote("a");

    pace.shareAmong(/* streams= */ 1_000, /* pods= */ 10);
    assertThat(pace.untilWrite("a", STARTED, LATER)).isEqualTo(Duration.ofSeconds(5));
    pace.shareAmong(/* streams= */ 10_000, /* pods= */ 100);
    assertThat(pace.untilWrite("a", STARTED, LATER)).isEqualTo(Duration.ofSeconds(140));
    assertThat(pace.progress()).isEqualTo(Duration.ofSeconds(140));
    assertThat(pace.untilWrite("a", LATER, CUT)).isEqualTo(Duration.ofMillis(500));
    assertThat(pace.untilWrite("a", LATER, ENDED)).isZero();
  }

  /** So that a client which comes and goes does not flood the API server. */
  @Test
  void otherStatesAreWrittenTenTimesWithinTheInterval() {
    pace.wrote("a");
    assertThat(pace.untilWrite("a", LATER, CUT)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void whatIsGoneIsForgottenAndWhatIsThereIsNot() {
    for (String uid : List.of("a", "b", "c")) {
      pace.wrote(uid);
      assertThat(pace.mayAnnounce(uid)).isTrue();
    }

    pace.forgetAllBut(Set.of("b", "new"));

    assertThat(pace.size()).isEqualTo(1);
    assertThat(pace.untilWrite("b", STARTED, LATER)).isEqualTo(Duration.ofSeconds(5));
    assertThat(pace.mayAnnounce("b")).isFalse();
    assertThat(pace.untilWrite("a", STARTED, LATER)).isZero();
  }
}
