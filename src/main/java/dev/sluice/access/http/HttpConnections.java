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
 * The HTTP connections of one listener, with a limit for all and one for each address. IPv6
 * addresses are counted as networks, see {@link Network#countedAs}. Thread-safe.
 */
public final class HttpConnections {

  /** What happens to a connection beyond a limit. */
  public enum Beyond {
    /** The new connection is closed. Applies to the limit of an address only. */
    REFUSE_THE_NEW,
    /**
     * The oldest connection of the address at its limit, or else of the busiest address, is closed.
     * It has had the most time for its request.
     */
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

  /** The connections in the order of their arrival, each with its network. Guarded by this. */
  private final LinkedHashMap<SocketChannel, InetAddress> connections = new LinkedHashMap<>();

  /** The number of connections of each network. Guarded by this. */
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();

  /**
   * Creates a limit.
   *
   * @param most the maximum number of connections
   * @param mostOfAddress the maximum number for one address
   * @param beyond what happens beyond a limit
   * @param rule the reason for the log, such as a key
   * @param refused called for each connection that is closed
   */
  public HttpConnections(
      int most, int mostOfAddress, Beyond beyond, String rule, Runnable refused) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
    this.beyond = beyond;
    this.rule = rule;
    this.refused = refused;
  }

  /** Adds a connection. Unless it is refused, it counts until {@link #leave}. */
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

  /** Removes a connection. May be called more than once. */
  synchronized void leave(SocketChannel connection) {
    InetAddress network = connections.remove(connection);
    if (network != null) {
      byAddress.computeIfPresent(network, (_, of) -> of == 1 ? null : of - 1);
    }
  }

  private int count(InetAddress network) {
    return byAddress.getOrDefault(network, 0);
  }

  /**
   * Returns the network with the most connections, or one of these, so that a flood displaces its
   * own.
   */
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

  /** Returns the number of connections. */
  public synchronized int count() {
    return connections.size();
  }

  /** Returns the number of connections of the address that has the most. */
  public synchronized int countOfBusiestAddress() {
    return byAddress.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Returns the maximum number of connections of one address. */
  public int limitOfAddress() {
    return mostOfAddress;
  }
}
