package dev.sluice.server.relay;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an export of another pod is.
 *
 * @param export the export's name
 * @param owner the name by which pods know its owner
 * @param address the owner's NBD listener, as other pods reach it; null if it has not published one
 * @param uris the URIs by which clients reach the export
 */
public record Place(
    String export, String owner, @Nullable InetSocketAddress address, List<String> uris) {

  /** Copies {@code uris}. */
  public Place {
    uris = List.copyOf(uris);
  }

  /** Returns the error message for a client that has to connect to the owner itself. */
  public String referral(String why) {
    String where = uris.isEmpty() ? "the pod %s".formatted(owner) : String.join(" or ", uris);
    return "export '%s' is at %s: %s".formatted(export, where, why);
  }
}
