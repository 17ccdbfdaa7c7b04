package dev.sluice.cluster.member;

import java.util.Map;
import java.util.Optional;

/**
 * The load of a pod, as its Lease has it.
 *
 * @param node its node; empty if unknown
 * @param exports the exports that have not ended, of their maximum
 * @param windows the window memory in use, of its limit, in bytes
 * @param bandwidth the bytes per second of its streams, of the expected bandwidth
 */
public record Load(String node, Share exports, Share windows, Share bandwidth) {

  private static final String NODE = "sluice.dev/node";
  private static final String EXPORTS = "sluice.dev/exports";
  private static final String WINDOWS = "sluice.dev/window-memory";
  private static final String BANDWIDTH = "sluice.dev/bytes-per-second";

  /**
   * Reads the annotations of a Lease; empty for a pod of an older version, which has none of these.
   */
  static Optional<Load> of(Map<String, String> notes) {
    Optional<Share> exports = share(notes, EXPORTS);
    Optional<Share> windows = share(notes, WINDOWS);
    Optional<Share> bandwidth = share(notes, BANDWIDTH);
    return exports.isEmpty() || windows.isEmpty() || bandwidth.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Load(notes.getOrDefault(NODE, ""), exports.get(), windows.get(), bandwidth.get()));
  }

  private static Optional<Share> share(Map<String, String> notes, String key) {
    return Share.parse(notes.getOrDefault(key, ""));
  }

  /** Returns the annotations for the Lease. */
  public Map<String, String> notes() {
    return Map.of(
        NODE, node, EXPORTS, exports.text(), WINDOWS, windows.text(), BANDWIDTH, bandwidth.text());
  }
}
