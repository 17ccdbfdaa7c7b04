package dev.sluice.configuration;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks the host that clients are told to connect to, as an operator configures it. */
final class HostText {

  private static final Pattern NAME =
      Pattern.compile("(?!.*(\\.\\.|\\.-|-\\.))[A-Za-z0-9]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9])?\\.?");

  private HostText() {}

  /** Returns whether a client could connect to it. An IPv6 address may be in brackets. */
  static boolean isUsable(String host) {
    if (host.contains(":")) {
      // A zone, after %, has a meaning on this machine only.
      return !host.contains("%")
          && literal(withoutBrackets(host)).filter(a -> !a.isAnyLocalAddress()).isPresent();
    }
    return NAME.matcher(host).matches()
        && literal(host).filter(InetAddress::isAnyLocalAddress).isEmpty();
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
}
