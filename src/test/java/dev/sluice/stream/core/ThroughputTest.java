package dev.sluice.stream.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Bytes per second over the last ten seconds. */
class ThroughputTest {

  private static final long SECOND = 1_000_000_000;

  private long now = -7 * SECOND; // nanoTime may be anything
  private final Throughput throughput = new Throughput(() -> now);

  /** Moves so many bytes in each tenth of a second. */
  private void move(long each, int seconds) {
    for (int i = 0; i < seconds * 10; i++) {
      throughput.add(each);
      now += SECOND / 10;
    }
  }

  @Test
  void whatHasJustBegunIsNotKnown() {
    assertThat(throughput.perSecond()).isEmpty();
    throughput.add(1000);
    now += SECOND - 1;

    assertThat(throughput.perSecond()).isEmpty();
  }

  @Test
  void aStreamThatBeganLessThanTenSecondsAgoHasTheRateSinceThen() {
    move(100, 3);

    assertThat(throughput.perSecond()).hasValue(1000);
  }

  @Test
  void onlyTheLastTenSecondsCount() {
    move(100, 60);
    move(300, 5);

    assertThat(throughput.perSecond().orElseThrow()).isBetween(1980L, 2100L);

    move(300, 5);

    assertThat(throughput.perSecond()).hasValue(3000);
  }

  @Test
  void whatStandsStillComesDownToNothing() {
    move(100, 60);
    now += 5 * SECOND;
    assertThat(throughput.perSecond().orElseThrow()).isBetween(450L, 550L);

    now += 5 * SECOND;
    assertThat(throughput.perSecond()).hasValue(0);

    now += 1000 * SECOND;
    assertThat(throughput.perSecond()).hasValue(0);
    move(100, 10);
    assertThat(throughput.perSecond()).hasValue(1000);
  }
}
