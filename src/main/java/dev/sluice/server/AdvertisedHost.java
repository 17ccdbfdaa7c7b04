package dev.sluice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The host that clients are told to connect to. */
final class AdvertisedHost {

  static final String EXPECTED =
      "must be a host name or an address alone, without scheme, port or path, and no wildcard such"
          + " as 0.0.0.0 or ::";

  private static final Pattern NAME =
      Pattern.compile("(?!.*(\\.\\.|\\.-|-\\.))[A-Za-z0-9]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9])?\\.?");

  private AdvertisedHost() {}

  /** Whether a client could connect to what is configured; an IPv6 address may be in brackets. */
  static boolean isUsable(String configured) {
    if (configured.contains(":")) {
      // A zone, after %, would mean something on this machine only.
      return !configured.contains("%")
          && literal(withoutBrackets(configured)).filter(a -> !a.isAnyLocalAddress()).isPresent();
    }
    return NAME.matcher(configured).matches()
        && literal(configured).filter(InetAddress::isAnyLocalAddress).isEmpty();
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

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
