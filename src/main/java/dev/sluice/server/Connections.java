package dev.sluice.server;

import dev.sluice.export.Network;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections there are, of whom, and may be: counted from accept until Netty and the
 * session have both let go of one. Thread-safe.
 */
final class Connections {

  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  private final int most;
  private final int mostOfAddress;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int count;

  /**
   * None yet.
   *
   * @param most how many there may be
   * @param mostOfAddress how many there may be of one IPv4 address, or one IPv6 network of 64 bits
   */
  Connections(int most, int mostOfAddress) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
  }

  /** One connection, for as long as anybody holds it; who has made it holds it first. */
  final class Place {

    private final @Nullable InetAddress address;
    private int holders = 1;

    private Place(@Nullable InetAddress address) {
      this.address = address;
    }

    /** One more holds it; to be called by one who does, before that one lets go. */
    void hold() {
      synchronized (Connections.this) {
        holders++;
      }
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
  synchronized Optional<Place> enter(@Nullable InetAddress address) {
    InetAddress key = address == null ? null : Network.countedAs(address);
    int ofAddress = key == null ? 0 : byAddress.getOrDefault(key, 0);
    if (count >= most || ofAddress >= mostOfAddress) {
      log.debug("Refusing {}: it has {} connections, all have {}", address, ofAddress, count);
      return Optional.empty();
    }
    count++;
    if (key != null) {
      byAddress.put(key, ofAddress + 1);
    }
    return Optional.of(new Place(key));
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
