package dev.sluice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Finds the host that the URIs of exports have when the listener is bound to a wildcard address.
 */
final class AdvertisedHost {

  private AdvertisedHost() {}

  /**
   * Returns the address by which other machines most likely reach this one: the first IPv4 address
   * by interface index, or else the first IPv6 address, or else loopback. Loopback and link-local
   * addresses are skipped. No name server is asked.
   */
  static InetAddress ofThisMachine() {
    try (Stream<NetworkInterface> all = NetworkInterface.networkInterfaces()) {
      return all.filter(AdvertisedHost::isUp)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
          .map(AdvertisedHost::withoutScope)
          .orElseGet(InetAddress::getLoopbackAddress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Java adds the name of the interface to IPv6 addresses, which no other machine understands. */
  static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // not with the bytes of an address
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback();
    } catch (IOException e) {
      return false; // the interface has just gone
    }
  }
}
