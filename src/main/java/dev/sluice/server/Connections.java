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
 * How many connections there are, of whom, and may be: counted from accept until Netty and the
 * session have both let go of one. Thread-safe.
 */
final class Connections {

  private final int most;
  private final int mostOfAddress;
  private final LimitLog limits;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int count;

  /**
   * None yet.
   *
   * @param most how many there may be
   * @param mostOfAddress how many there may be of one IPv4 address, or one IPv6 network of 64 bits
   * @param limits who is told of one more
   */
  Connections(int most, int mostOfAddress, LimitLog limits) {
    this.most = most;
    this.limits = limits;
    this.mostOfAddress = mostOfAddress;
  }

  /** One connection, for as long as anybody holds it; who has made it holds it first. */
  final class Permit {

    private final @Nullable InetAddress address;
    private int holders = 1;

    private Permit(@Nullable InetAddress address) {
      this.address = address;
    }

    /**
     * One more holds it; to be called by one who does, before that one lets go.
     *
     * @return how the new holder lets go, once
     */
    Runnable retain() {
      synchronized (Connections.this) {
        holders++;
      }
      return this::release;
    }

    /** One who has held it lets go; with the last the connection has gone. */
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
   * One more connection, or nothing if there may be no more.
   *
   * @param address where it comes from, or null if not from a network
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

  /** How many there are. */
  synchronized int count() {
    return count;
  }

  /** How many the address has that has most. */
  synchronized int countOfBusiestAddress() {
    return byAddress.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** How many addresses are counted. */
  synchronized int addresses() {
    return byAddress.size();
  }
}
