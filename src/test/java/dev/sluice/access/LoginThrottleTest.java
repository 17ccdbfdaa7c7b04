package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

  private static final int LIMIT = 3;
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final InetAddress SOMEBODY = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress ANOTHER = InetAddress.ofLiteral("192.0.2.2");

  private long now = Long.MAX_VALUE - 1; // a clock of nanoseconds may overflow
  private final LoginThrottle throttle = new LoginThrottle(LIMIT, WINDOW, () -> now);

  private void passes(Duration time) {
    now += time.toNanos();
  }

  @Test
  void anAddressIsRefusedAfterSoManyFailuresUntilItsWindowIsOver() {
    assertThat(throttle.failed(SOMEBODY)).isFalse();
    passes(Duration.ofSeconds(20));
    assertThat(throttle.failed(SOMEBODY)).isFalse();
    assertThat(throttle.refusedFor(SOMEBODY)).isZero();

    assertThat(throttle.failed(SOMEBODY)).as("from now on").isTrue();

    assertThat(throttle.refusedFor(SOMEBODY)).isEqualTo(Duration.ofSeconds(40));
    assertThat(throttle.refusedFor(ANOTHER)).isZero();
    assertThat(throttle.failed(SOMEBODY)).as("it was before").isFalse();
    passes(Duration.ofSeconds(40).minusNanos(1));
    assertThat(throttle.refusedFor(SOMEBODY)).isPositive();
    passes(Duration.ofNanos(1));
    assertThat(throttle.refusedFor(SOMEBODY)).isZero();
  }

  @Test
  void aNewWindowBeginsWithNoFailures() {
    for (int i = 0; i < LIMIT; i++) {
      throttle.failed(SOMEBODY);
    }
    passes(WINDOW);

    assertThat(throttle.failed(SOMEBODY)).isFalse();
    assertThat(throttle.failed(SOMEBODY)).isFalse();
    assertThat(throttle.refusedFor(SOMEBODY)).isZero();
  }

  @Test
  void aNetworkOfIpv6IsOneAddress() {
    for (int i = 0; i < LIMIT; i++) {
      throttle.failed(InetAddress.ofLiteral("2001:db8:0:1::" + i));
    }

    assertThat(throttle.refusedFor(InetAddress.ofLiteral("2001:db8:0:1:ffff::1"))).isPositive();
    assertThat(throttle.refusedFor(InetAddress.ofLiteral("2001:db8:0:2::1"))).isZero();
  }

  @Test
  void onlySoManyAddressesAreRemembered() {
    for (int i = 0; i < LIMIT; i++) {
      throttle.failed(SOMEBODY);
    }
    for (int i = 0; i < LoginThrottle.MAX_ADDRESSES - 1; i++) {
      throttle.failed(InetAddress.ofLiteral("10.0.%d.%d".formatted(i >> 8, i & 255)));
    }
    assertThat(throttle.refusedFor(SOMEBODY)).isPositive();

    throttle.failed(ANOTHER);

    assertThat(throttle.size()).isEqualTo(LoginThrottle.MAX_ADDRESSES);
    assertThat(throttle.refusedFor(SOMEBODY)).as("the first of them").isZero();
  }
}
