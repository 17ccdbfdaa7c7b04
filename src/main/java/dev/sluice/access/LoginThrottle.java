package dev.sluice.access;

import dev.sluice.client.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;

/**
 * Counts wrong tokens by the address they came from, and says which address has had too many: all
 * it presents is refused then, until its window is over. Addresses are {@link Network#countedAs
 * counted} as networks in IPv6. Thread-safe.
 */
final class LoginThrottle {

  /** When there are more, the one that began first is forgotten. */
  static final int MAX_ADDRESSES = 10_000;

  private final int limit;
  private final long windowNanos;
  private final LongSupplier clock;

  /** By network, in the order of their windows' beginnings. Guarded by this. */
  private final LinkedHashMap<InetAddress, Window> windows = new LinkedHashMap<>();

  private record Window(long since, int failures) {}

  /**
   * No failures yet.
   *
   * @param limit failures that an address may have in a window
   * @param window how long one is, from its first failure
   * @param clock nanoseconds, as of {@link System#nanoTime}
   */
  LoginThrottle(int limit, Duration window, LongSupplier clock) {
    this.limit = limit;
    this.windowNanos = window.toNanos();
    this.clock = clock;
  }

  /** How long the address is refused yet; zero if it is not. */
  synchronized Duration refusedFor(InetAddress address) {
    Window window = current(Network.countedAs(address));
    return window.failures() < limit
        ? Duration.ZERO
        : Duration.ofNanos(windowNanos - (clock.getAsLong() - window.since()));
  }

  /**
   * Takes note of a wrong token.
   *
   * @return whether the address is refused from now on, and was not before
   */
  synchronized boolean failed(InetAddress address) {
    InetAddress network = Network.countedAs(address);
    Window window = current(network);
    int failures = window.failures() + 1;
    if (failures == 1) {
      windows.remove(network); // an old window keeps an old place
    }
    windows.put(network, new Window(window.since(), failures));
    if (windows.size() > MAX_ADDRESSES) {
      windows.pollFirstEntry();
    }
    return failures == limit;
  }

  /** How many addresses are remembered. */
  synchronized int size() {
    return windows.size();
  }

  private Window current(InetAddress network) {
    Window window = windows.get(network);
    long now = clock.getAsLong();
    return window == null || now - window.since() >= windowNanos ? new Window(now, 0) : window;
  }
}
