package dev.sluice.cluster.entrance;

import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.relay.Place;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this pod's NBD listener knows of the other pods: nothing before {@link #open} and after
 * {@link #close}. Thread-safe.
 */
public final class Entrance implements Elsewhere {

  /** What is known of the other pods. Implementations are thread-safe and never block. */
  public interface Others {

    /** Returns the name by which other pods know this one. */
    String self();

    /** Returns where an open export of this name is, if another live pod owns it. */
    Optional<Place> find(String export);

    /** Returns the public key of another pod; empty if it is not live, or has published none. */
    Optional<String> keyOf(String pod);
  }

  private record Membership(Others others, RelayKey key) {}

  private final @Nullable String address;
  private final int maxRelays;
  private volatile @Nullable InetSocketAddress listener;
  private volatile @Nullable Membership membership;

  /**
   * Creates an entrance that is closed.
   *
   * @param address the address at which other pods reach the NBD listener, without a port; null if
   *     they do not
   * @param maxRelays how many clients may be relayed at a time
   */
  public Entrance(@Nullable String address, int maxRelays) {
    this.address = address;
    this.maxRelays = maxRelays;
  }

  /** Opens the entrance, with a new key. */
  public void open(Others others) {
    membership = new Membership(others, new RelayKey());
  }

  /** Closes the entrance: from now on there are no other pods. */
  public void close() {
    membership = null;
  }

  /**
   * Returns what this pod publishes: its public key, and the address of its NBD listener once that
   * is known. Empty while the entrance is closed.
   *
   * @param addressKey the key of the address in the result
   * @param keyKey the key of the public key in the result
   */
  public Map<String, String> notes(String addressKey, String keyKey) {
    Membership now = membership;
    InetSocketAddress bound = listener;
    if (now == null) {
      return Map.of();
    }
    if (address == null || bound == null) {
      return Map.of(keyKey, now.key().text());
    }
    String host = address.contains(":") ? "[" + address + "]" : address;
    return Map.of(keyKey, now.key().text(), addressKey, host + ":" + bound.getPort());
  }

  /** Parses an address that another pod has published; null if it is none. */
  public static @Nullable InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    try {
      String host = text.substring(0, colon).replace("[", "").replace("]", "");
      int port = Integer.parseInt(text.substring(colon + 1));
      return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public void listensOn(InetSocketAddress bound) {
    listener = bound;
  }

  @Override
  public int maxRelays() {
    return maxRelays;
  }

  @Override
  public Optional<Place> find(String export) {
    Membership now = membership;
    return now == null ? Optional.empty() : now.others().find(export);
  }

  @Override
  public String self() {
    Membership now = membership;
    return now == null ? "" : now.others().self();
  }

  @Override
  public byte[] sign(byte[] statement) {
    Membership now = membership;
    return now == null ? new byte[0] : now.key().sign(statement);
  }

  @Override
  public boolean knows(String pod) {
    return keyOf(pod).isPresent();
  }

  @Override
  public boolean hasSigned(String pod, byte[] statement, byte[] signature) {
    return keyOf(pod).filter(key -> RelayKey.hasSigned(key, statement, signature)).isPresent();
  }

  private Optional<String> keyOf(String pod) {
    Membership now = membership;
    return now == null || pod.isEmpty() ? Optional.empty() : now.others().keyOf(pod);
  }
}
