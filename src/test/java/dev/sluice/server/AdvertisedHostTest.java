package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AdvertisedHostTest {

  @Test
  void otherMachinesUnderstandAnAddressOfVersion6() throws Exception {
    byte[] bytes = InetAddress.ofLiteral("fd00::2").getAddress();
    InetAddress ofInterface = Inet6Address.getByAddress(null, bytes, /* scope_id= */ 2);
    assertThat(ofInterface.getHostAddress()).isEqualTo("fd00:0:0:0:0:0:0:2%2");

    assertThat(AdvertisedHost.withoutScope(ofInterface).getHostAddress())
        .isEqualTo("fd00:0:0:0:0:0:0:2");
  }

  @Test
  void anAddressOfVersion4StaysAsItIs() {
    InetAddress address = InetAddress.ofLiteral("10.0.0.7");
    assertThat(AdvertisedHost.withoutScope(address)).isEqualTo(address);
  }
}
