package dev.sluice.server;

import dev.sluice.client.ClientIdentity;
import dev.sluice.client.Network;
import dev.sluice.server.handshake.Limit;
import dev.sluice.server.handshake.LimitLog;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts and limits connections, in all and per address. A connection counts from accept until
 * Netty, the session and the relay have released it. Thread-safe.
 */
final class Connections {

  private final int most;
  private final int mostOfAddress;
  private final LimitLog limits;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int count;

  /**
   * Creates an instance without connections.
   *
   * @param most the most connections at a time
   * @param mostOfAddress the most of one IPv4 address, or of one IPv6 /64 network
   * @param limits logs refused connections
   */
  Connections(int most, int mostOfAddress, LimitLog limits) {
    this.most = most;
    this.limits = limits;
    this.mostOfAddress = mostOfAddress;
  }

  /**
   * A counted connection. It is released when its last holder has released it. The caller of {@link
   * #acquire} is the first holder.
   */
  final class Permit {

    private final @Nullable InetAddress address;
    private int holders = 1;

    private Permit(@Nullable InetAddress address) {
      this.address = address;
    }

    /**
     * Adds a holder. Call this only while holding the permit.
     *
     * @return releases the permit for the new holder; to be called once
     */
    Runnable retain() {
      synchronized (Connections.this) {
        holders++;
      }
      return this::release;
    }

    /** Releases the permit for one holder. After the last one, the connection no longer counts. */
    void release() {
      synchronized (Connections.this) {
        holders--;
        if (holders == 0) {
          leave(address);
        }
      }
    }
  }

  /**
   * Counts one more connection; returns empty, and logs that, if a limit is reached.
   *
   * @param address the client's address; null if it connects to the Unix socket
   */
  Optional<Permit> acquire(@Nullable InetAddress address) {
    InetAddress key = address == null ? null : Network.countedAs(address);
    boolean full;
    synchronized (this) {
      int ofAddress = key == null ? 0 : byAddress.getOrDefault(key, 0);
      full = count >= most;
      if (!full && ofAddress < mostOfAddress) {
        count++;
        if (key != null) {
          byAddress.put(key, ofAddress + 1);
        }
        return Optional.of(new Permit(key));
      }
    }
    ClientIdentity client = new ClientIdentity(address, null);
    if (full) {
      limits.reached(
          Limit.CONNECTIONS,
          client,
          "there are %d connections, and sluice.nbd.max-connections permits no more"
              .formatted(most));
    } else {
      limits.reached(
          Limit.CONNECTIONS_PER_ADDRESS,
          client,
          "its address has %d connections, and sluice.nbd.max-connections-per-address permits no more"
              .formatted(mostOfAddress));
    }
    return Optional.empty();
  }

  private void leave(@Nullable InetAddress key) {
    count--;
    if (key != null) {
      byAddress.computeIfPresent(key, (_, of) -> of == 1 ? null : of - 1);
    }
  }

  /** Returns the number of connections. */
  synchronized int count() {
    return count;
  }

  /** Returns the number of connections of the address that has the most. */
  synchronized int countOfBusiestAddress() {
    return byAddress.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Returns how many addresses have connections. */
  synchronized int addresses() {
    return byAddress.size();
  }
}
