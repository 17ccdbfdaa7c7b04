package dev.sluice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Comparator;
import java.util.stream.Stream;

/** The host that clients are told to connect to. */
final class AdvertisedHost {

  private AdvertisedHost() {}

  /**
   * The address that others are most likely to reach this machine by: of the first interface that
   * has one, which may be IPv4; loopback if there is none. It depends on no name server.
   */
  static InetAddress ofThisMachine() {
    try (Stream<NetworkInterface> all = NetworkInterface.networkInterfaces()) {
      return all.filter(AdvertisedHost::isUp)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
          .orElseGet(InetAddress::getLoopbackAddress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback();
    } catch (IOException e) {
      return false; // it has just gone
    }
  }
}
