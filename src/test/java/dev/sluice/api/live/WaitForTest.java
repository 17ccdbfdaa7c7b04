package dev.sluice.api.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is waited for, and when it is so. */
class WaitForTest {

  private static StreamStatus status(StreamState state) {
    boolean started = state != StreamState.WAITING;
    Instant start = started ? Instant.EPOCH : null;
    Instant end = state.ended() ? Instant.EPOCH : null;
    return new StreamStatus(state, 7, 0, start, end, null, null, null, null);
  }

  @ParameterizedTest
  @EnumSource
  void onlyAFinalStateIsAnEnd(StreamState state) {
    assertThat(WaitFor.of("ended", null).isSo(status(state))).isEqualTo(state.ended());
  }

  @ParameterizedTest
  @EnumSource
  void everyStateButTheFirstIsAStart(StreamState state) {
    assertThat(WaitFor.of("started", null).isSo(status(state)))
        .isEqualTo(state != StreamState.WAITING);
  }

  @Test
  void whatHasFailedBeforeItsStartIsWaitedForNoLonger() {
    StreamStatus failed =
        new StreamStatus(StreamState.FAILED, 0, 0, null, Instant.EPOCH, "", null, null, null);

    assertThat(WaitFor.of("started", "1h").isSo(failed)).isTrue();
  }
}
