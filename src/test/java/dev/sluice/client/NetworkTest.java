package dev.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0",
    "10.0.0.0/8, 10.255.255.255",
    "10.0.0.0/7, 11.1.2.3",
    "192.168.6.0/23, 192.168.7.255",
    "0.0.0.0/0, 203.0.113.9",
    "192.0.2.7, 192.0.2.7",
    "192.0.2.7/32, 192.0.2.7",
    "255.255.255.255, 255.255.255.255",
    "2001:db8::/32, 2001:db8:ffff::1",
    "2001:db8::/33, 2001:db8:7fff::1",
    "::/0, fe80::1",
    "::1, ::1",
    "::1/128, 0:0:0:0:0:0:0:1",
    "2001:DB8::1, 2001:db8::1",
    "::ffff:a00:1, 10.0.0.1",
  })
  void anAddressWithTheSameFirstBitsIsInIt(String network, String address) {
    assertThat(Network.parse(network).contains(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 11.0.0.0",
    "10.0.0.0/8, 9.255.255.255",
    "10.0.0.0/8, 100.0.0.1",
    "192.168.6.0/23, 192.168.8.0",
    "192.0.2.7, 192.0.2.70",
    "192.0.2.7, 192.0.2.6",
    "1.1.1.1, 1.1.1.11",
    "0.0.0.0/0, ::1",
    "0.0.0.0/0, ::a00:1",
    "::/0, 10.0.0.1",
    "2001:db8::/32, 2001:db9::",
    "2001:db8::/33, 2001:db8:8000::",
    "::1, ::2",
    "a00::/8, 10.0.0.0",
  })
  void anyOtherIsNot(String network, String address) {
    assertThat(Network.parse(network).contains(InetAddress.ofLiteral(address))).isFalse();
  }

  @Test
  void anIpv4AddressThatIpv6WrapsIsOneOfIpv4() throws UnknownHostException {
    byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
    InetAddress wrapped = Inet6Address.getByAddress(null, bytes, 0);

    assertThat(wrapped).isInstanceOf(Inet6Address.class);
    assertThat(Network.parse("10.0.0.0/8").contains(wrapped)).isTrue();
    assertThat(Network.parse("::/0").contains(wrapped)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "localhost",
        "example.org",
        "10",
        "10.1",
        "10.0.0",
        "10.0.0.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "0x0a.0.0.1",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        " 10.0.0.0/8",
        "10.0.0.0/8\n",
        "10.0.0.*",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "g::",
        "[::1]",
        "fe80::1%lo",
        "\u0661.1.1.1"
      })
  void whatIsNoAddressIsRefusedAndNotLookedUp(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Network.parse(text))
        .withMessageStartingWith("expected an IPv4 or IPv6 address, or a network of them such as");
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.0/33, 32", "10.0.0.0/999, 32", "2001:db8::/129, 128", "::ffff:a00:0/104, 32"})
  void aPrefixThatIsTooLongIsRefused(String text, int most) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Network.parse(text))
        .withMessage("its prefix is too long; expected 0 to %d bits", most);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1/8, 8",
    "10.0.0.1/31, 31",
    "128.0.0.0/0, 0",
    "2001:db8::1/32, 32",
    "::1/127, 127"
  })
  void bitsBeyondThePrefixAreRefused(String text, int prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Network.parse(text))
        .withMessage(
            "it has bits beyond its first %d; expected the network's first address", prefix);
  }
}
