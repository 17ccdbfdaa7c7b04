package dev.sluice.cluster.entrance;

import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.relay.Place;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this pod's NBD listener knows of the other pods: nothing before this one takes part, nor
 * after that. Thread-safe.
 */
public final class Entrance implements Elsewhere {

  /** What is known of the others. Called by many threads at once; it must not wait. */
  public interface Others {

    /** What this pod is called among the others. */
    String self();

    /** The other pod that has an open export of this name. */
    Optional<Place> find(String export);

    /** What another pod's signatures are checked with; nothing if it gives no sign of life. */
    Optional<String> keyOf(String pod);
  }

  /** The service takes part. */
  private record Part(Others others, RelayKey key) {}

  private final @Nullable String address;
  private final int maxRelays;
  private volatile @Nullable InetSocketAddress listener;
  private volatile @Nullable Part part;

  /**
   * Of a service that takes no part yet.
   *
   * @param address where other pods reach the NBD listener; null if they do not
   * @param maxRelays how many clients are passed on at a time
   */
  public Entrance(@Nullable String address, int maxRelays) {
    this.address = address;
    this.maxRelays = maxRelays;
  }

  /** The service takes part from now on. */
  public void open(Others others) {
    part = new Part(others, new RelayKey());
  }

  /** It does not any more. */
  public void close() {
    part = null;
  }

  /**
   * What the others are to be told of this pod.
   *
   * @param addressKey what the address of its listener is told under
   * @param keyKey what its half of a key is told under
   */
  public Map<String, String> notes(String addressKey, String keyKey) {
    Part now = part;
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

  /** The address that another pod tells; null if it tells none. */
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
    Part now = part;
    return now == null ? Optional.empty() : now.others().find(export);
  }

  @Override
  public String self() {
    Part now = part;
    return now == null ? "" : now.others().self();
  }

  @Override
  public byte[] sign(byte[] statement) {
    Part now = part;
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
    Part now = part;
    return now == null || pod.isEmpty() ? Optional.empty() : now.others().keyOf(pod);
  }
}
