package dev.sluice.server.handshake;

import dev.sluice.export.Export;
import dev.sluice.nbd.handshake.ReplyType;
import java.io.IOException;

/**
 * Limits the clients of each export. Clients are counted and attached one after the other, because
 * their event loops differ. Thread-safe.
 */
public final class ExportClientLimit {

  private final int most;

  /**
   * Creates the limit for all exports.
   *
   * @param most the most clients of one export at a time
   */
  public ExportClientLimit(int most) {
    this.most = most;
  }

  /**
   * Attaches a client to an export's stream.
   *
   * @throws RefusedClientException if the export has too many clients
   * @throws IOException if the stream takes no client
   */
  synchronized void attach(Export export) throws RefusedClientException, IOException {
    int clients = export.stream().status().clients();
    if (clients >= most) {
      export.stream().makeRoom(); // for the next client
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
