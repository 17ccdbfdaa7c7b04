package dev.sluice.client;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network in CIDR notation. IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2) count as IPv4.
 *
 * @param text the notation, as it was configured
 * @param first its first address
 * @param prefix the length of its prefix in bits
 */
public record Network(String text, InetAddress first, int prefix) {

  private static final int COUNTED_IPV6_BYTES = 8;

  private static final String EXPECTED =
      "expected an IPv4 or IPv6 address, or a network of them such as \"10.0.0.0/8\" or"
          + " \"2001:db8::/32\"";

  /**
   * Permits no host names, which would be resolved, no scopes, which mean nothing on other
   * machines, and no leading zeroes, which may mean octal.
   */
  private static final Pattern FORM =
      Pattern.compile(
          "((?:NUMBER\\.){3}NUMBER|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*)(?:/(NUMBER))?"
              .replace("NUMBER", "(?:0|[1-9][0-9]{0,2})"));

  /**
   * Parses a network. An address alone is a network of one.
   *
   * @throws IllegalArgumentException if the text is invalid; the message says what was expected
   */
  public static Network parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    InetAddress first;
    try {
      first = InetAddress.ofLiteral(matcher.group(1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    byte[] bytes = first.getAddress();
    int bits = bytes.length * Byte.SIZE;
    int prefix = matcher.group(2) == null ? bits : Integer.parseInt(matcher.group(2));
    if (prefix > bits) {
      throw new IllegalArgumentException(
          "its prefix is too long; expected 0 to %d bits".formatted(bits));
    }
    for (int bit = prefix; bit < bits; bit++) {
      if (bit(bytes, bit)) {
        throw new IllegalArgumentException(
            "it has bits beyond its first %d; expected the network's first address"
                .formatted(prefix));
      }
    }
    return new Network(text, first, prefix);
  }

  /** Returns whether an address is in this network. */
  public boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = unwrap(address).getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      if (bit(mine, bit) != bit(other, bit)) {
        return false;
      }
    }
    return true;
  }

  /** Converts an IPv4-mapped IPv6 address to IPv4, and returns any other unchanged. */
  public static InetAddress unwrap(InetAddress address) {
    return address(address.getAddress());
  }

  /**
   * Returns the address under which limits count a client: its own, or in IPv6 the first of its /64
   * network, because whoever has one address of that has all of them.
   */
  public static InetAddress countedAs(InetAddress address) {
    InetAddress itself = unwrap(address);
    if (!(itself instanceof Inet6Address)) {
      return itself;
    }
    byte[] bytes = itself.getAddress();
    Arrays.fill(bytes, COUNTED_IPV6_BYTES, bytes.length, (byte) 0);
    return address(bytes);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("no address has as many bytes", e);
    }
  }

  private static boolean bit(byte[] bytes, int index) {
    return (bytes[index / Byte.SIZE] & (0x80 >> (index % Byte.SIZE))) != 0;
  }
}
