package dev.sluice.cluster.member;

import java.util.Map;
import java.util.Optional;

/**
 * How busy a pod is, as its Lease says.
 *
 * @param node the node on which it runs; empty if it does not know
 * @param exports that have not ended, and how many there may be
 * @param windows bytes of window memory
 * @param bandwidth bytes that its streams move in a second, and how many it counts on
 */
public record Load(String node, Share exports, Share windows, Share bandwidth) {

  private static final String NODE = "sluice.dev/node";
  private static final String EXPORTS = "sluice.dev/exports";
  private static final String WINDOWS = "sluice.dev/window-memory";
  private static final String BANDWIDTH = "sluice.dev/bytes-per-second";

  /** Empty for a pod of an older version, which tells no such thing. */
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

  /** What its Lease has to say. */
  public Map<String, String> notes() {
    return Map.of(
        NODE, node, EXPORTS, exports.text(), WINDOWS, windows.text(), BANDWIDTH, bandwidth.text());
  }
}
