package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.handshake.LimitLog;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private final Connections connections = new Connections(5, 2, new LimitLog());

  private Optional<Connections.Permit> enter(String address) {
    return connections.acquire(InetAddress.ofLiteral(address));
  }

  @Test
  void anAddressHasSoManyAndOneMoreOnceOneHasGone() {
    Connections.Permit first = enter("192.0.2.1").orElseThrow();
    assertThat(enter("192.0.2.1")).isPresent();
    assertThat(enter("192.0.2.1")).isEmpty();
    assertThat(enter("192.0.2.2")).isPresent();
    assertThat(connections.count()).isEqualTo(3);
    assertThat(connections.countOfBusiestAddress()).isEqualTo(2);

    first.release();

    assertThat(enter("192.0.2.1")).isPresent();
    assertThat(enter("192.0.2.1")).isEmpty();
  }

  @Test
  void theAddressesOfOneIpv6NetworkAreOne() {
    assertThat(enter("2001:db8:1:2::1")).isPresent();
    assertThat(enter("2001:db8:1:2:ffff:ffff:ffff:ffff")).isPresent();
    assertThat(enter("2001:db8:1:2:8000::")).isEmpty();
    assertThat(enter("2001:db8:1:3::1")).isPresent();
  }

  @Test
  void anIpv4AddressThatIpv6WrapsIsTheSame() throws UnknownHostException {
    byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};
    InetAddress wrapped = Inet6Address.getByAddress(null, bytes, 0);

    assertThat(connections.acquire(wrapped)).isPresent();
    assertThat(enter("192.0.2.1")).isPresent();
    assertThat(connections.acquire(wrapped)).isEmpty();
    assertThat(enter("192.0.2.2")).isPresent();
  }

  @Test
  void whoComesFromNoNetworkCountsTowardsAllAndNoAddress() {
    List<Connections.Permit> permits = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      permits.add(connections.acquire(null).orElseThrow());
    }
    assertThat(connections.countOfBusiestAddress()).isZero();
    assertThat(connections.acquire(null)).isEmpty();
    assertThat(enter("192.0.2.1")).isEmpty();

    permits.getFirst().release();

    assertThat(enter("192.0.2.1")).isPresent();
  }

  @Test
  void aConnectionGoesWithTheLastThatHoldsIt() {
    Connections.Permit permit = enter("192.0.2.1").orElseThrow();
    permit.retain();
    assertThat(connections.count()).isEqualTo(1);

    permit.release();
    assertThat(connections.count()).isEqualTo(1);
    assertThat(connections.countOfBusiestAddress()).isEqualTo(1);

    permit.release();
    assertThat(connections.count()).isZero();
    assertThat(connections.countOfBusiestAddress()).isZero();
  }

  @Test
  void whoIsRefusedOrHasGoneIsNotRemembered() {
    for (int i = 0; i < 100; i++) {
      enter("192.0.2." + i).ifPresent(Connections.Permit::release);
    }
    assertThat(connections.addresses()).isZero();
    for (int i = 0; i < 100; i++) {
      enter("192.0.2." + i);
    }
    assertThat(connections.addresses()).isEqualTo(5);
    assertThat(connections.count()).isEqualTo(5);
  }
}
