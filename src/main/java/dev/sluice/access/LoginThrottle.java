package dev.sluice.access;

import dev.sluice.client.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;

/**
 * Counts wrong tokens by address. After too many, all tokens of the address are refused until its
 * window ends. IPv6 addresses are counted as networks, see {@link Network#countedAs}. Thread-safe.
 */
final class LoginThrottle {

  /** The maximum number of addresses. Beyond it, the one whose window began first is forgotten. */
  static final int MAX_ADDRESSES = 10_000;

  private final int limit;
  private final long windowNanos;
  private final LongSupplier clock;

  /** By network, in the order in which the windows began. Guarded by this. */
  private final LinkedHashMap<InetAddress, Window> windows = new LinkedHashMap<>();

  private record Window(long since, int failures) {}

  /**
   * Creates a throttle.
   *
   * @param limit the number of failures in a window after which an address is refused
   * @param window the length of a window, from its first failure
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  LoginThrottle(int limit, Duration window, LongSupplier clock) {
    this.limit = limit;
    this.windowNanos = window.toNanos();
    this.clock = clock;
  }

  /** Returns how much longer the address is refused; zero if it is not. */
  synchronized Duration refusedFor(InetAddress address) {
    Window window = current(Network.countedAs(address));
    return window.failures() < limit
        ? Duration.ZERO
        : Duration.ofNanos(windowNanos - (clock.getAsLong() - window.since()));
  }

  /**
   * Counts a wrong token.
   *
   * @return whether this one makes the address refused
   */
  synchronized boolean failed(InetAddress address) {
    InetAddress network = Network.countedAs(address);
    Window window = current(network);
    int failures = window.failures() + 1;
    if (failures == 1) {
      windows.remove(network); // otherwise a new window would keep the place of the old one
    }
    windows.put(network, new Window(window.since(), failures));
    if (windows.size() > MAX_ADDRESSES) {
      windows.pollFirstEntry();
    }
    return failures == limit;
  }

  /** Returns how many addresses are remembered. */
  synchronized int size() {
    return windows.size();
  }

  private Window current(InetAddress network) {
    Window window = windows.get(network);
    long now = clock.getAsLong();
    return window == null || now - window.since() >= windowNanos ? new Window(now, 0) : window;
  }
}
