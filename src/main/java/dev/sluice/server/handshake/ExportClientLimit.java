package dev.sluice.server.handshake;

import dev.sluice.export.Export;
import dev.sluice.nbd.handshake.ReplyType;
import java.io.IOException;

/**
 * How many clients an export may have at a time. One client after the other is counted and
 * attached, on whichever event loop. Thread-safe.
 */
public final class ExportClientLimit {

  private final int most;

  /**
   * For all exports.
   *
   * @param most how many clients each may have
   */
  public ExportClientLimit(int most) {
    this.most = most;
  }

  /**
   * Attaches a client to an export's stream.
   *
   * @throws RefusedClientException when there are too many
   * @throws IOException when the stream takes none
   */
  synchronized void attach(Export export) throws RefusedClientException, IOException {
    int clients = export.stream().status().clients();
    if (clients >= most) {
      export.stream().makeRoom(); // for whoever comes next
      throw RefusedClientException.beyond(
          Limit.CONNECTIONS_PER_EXPORT,
          ReplyType.ERR_POLICY,
          ("export '%s' has %d connections,"
                  + " sluice.nbd.max-connections-per-export permits no more")
              .formatted(export.name(), clients));
    }
    export.stream().attach();
  }
}
