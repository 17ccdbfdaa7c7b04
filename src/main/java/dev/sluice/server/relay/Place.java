package dev.sluice.server.relay;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an export is that another pod has.
 *
 * @param export its name
 * @param owner what that pod is called among the others
 * @param address where other pods reach its NBD listener; null if nobody has told
 * @param uris where clients reach the export
 */
public record Place(
    String export, String owner, @Nullable InetSocketAddress address, List<String> uris) {

  /** The list is copied. */
  public Place {
    uris = List.copyOf(uris);
  }

  /** What a client is told that has to go there itself. */
  public String referral(String why) {
    String where = uris.isEmpty() ? "the pod %s".formatted(owner) : String.join(" or ", uris);
    return "export '%s' is at %s: %s".formatted(export, where, why);
  }
}
