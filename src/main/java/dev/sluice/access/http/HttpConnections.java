package dev.sluice.access.http;

import dev.sluice.client.Network;
import dev.sluice.logging.LinePerMinute;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP connections of one listener, and whose they are: so many may be of one address, {@link
 * Network#countedAs counted} as a network in IPv6. What happens to one more is {@link Beyond}'s to
 * say. Thread-safe.
 */
public final class HttpConnections {

  /** What happens when there are as many as may be. */
  public enum Beyond {
    /** The new one is closed. */
    REFUSE_THE_NEW,
    /** The oldest of the address that has most is closed: it does not want an answer. */
    CLOSE_THE_OLDEST
  }

  /**
   * What to do with a new connection.
   *
   * @param admitted whether it may stay
   * @param displaced another one that has to be closed instead
   */
  record Verdict(boolean admitted, Optional<SocketChannel> displaced) {}

  private static final Logger log = LoggerFactory.getLogger(HttpConnections.class);

  private static final Verdict ADMITTED = new Verdict(true, Optional.empty());
  private static final Verdict REFUSED = new Verdict(false, Optional.empty());

  private final int most;
  private final int mostOfAddress;
  private final Beyond beyond;
  private final String rule;
  private final Runnable refused;
  private final LinePerMinute lines = new LinePerMinute();

  /** In the order of their arrival, each with its network. Guarded by this. */
  private final LinkedHashMap<SocketChannel, InetAddress> connections = new LinkedHashMap<>();

  /** Guarded by this. */
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();

  /**
   * None yet.
   *
   * @param most how many there may be
   * @param mostOfAddress how many of one address
   * @param beyond what happens to one more
   * @param rule what the log says it was refused by, such as a key
   * @param refused called for each that is closed
   */
  public HttpConnections(
      int most, int mostOfAddress, Beyond beyond, String rule, Runnable refused) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
    this.beyond = beyond;
    this.rule = rule;
    this.refused = refused;
  }

  /** A new connection; unless it is refused it counts until it {@link #leave leaves}. */
  Verdict enter(SocketChannel connection, InetAddress address) {
    InetAddress network = Network.countedAs(address);
    Verdict verdict;
    synchronized (this) {
      boolean tooMany = count(network) >= mostOfAddress;
      if (tooMany && beyond == Beyond.REFUSE_THE_NEW) {
        verdict = REFUSED;
      } else {
        boolean full = tooMany || connections.size() >= most;
        SocketChannel displaced = full ? oldest(tooMany ? network : busiest()) : null;
        if (displaced != null) {
          leave(displaced);
        }
        connections.put(connection, network);
        byAddress.merge(network, 1, Integer::sum);
        verdict = displaced == null ? ADMITTED : new Verdict(true, Optional.of(displaced));
      }
    }
    if (!verdict.admitted() || verdict.displaced().isPresent()) {
      refused.run();
      String before = lines.take();
      if (before != null) {
        log.warn(
            "An HTTP connection from {} is closed: {}{}", address.getHostAddress(), rule, before);
      }
    }
    return verdict;
  }

  /** One has ended, which may be told more than once. */
  synchronized void leave(SocketChannel connection) {
    InetAddress network = connections.remove(connection);
    if (network != null) {
      byAddress.computeIfPresent(network, (_, of) -> of == 1 ? null : of - 1);
    }
  }

  private int count(InetAddress network) {
    return byAddress.getOrDefault(network, 0);
  }

  /** The network that has most, so that a flood displaces its own; one of those, if several do. */
  private InetAddress busiest() {
    return Collections.max(byAddress.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  private @Nullable SocketChannel oldest(InetAddress network) {
    return connections.entrySet().stream()
        .filter(entry -> entry.getValue().equals(network))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** How many there are. */
  public synchronized int count() {
    return connections.size();
  }

  /** How many the address has that has most. */
  public synchronized int countOfBusiestAddress() {
    return byAddress.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** How many one address may have. */
  public int limitOfAddress() {
    return mostOfAddress;
  }
}
