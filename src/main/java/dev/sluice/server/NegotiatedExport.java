package dev.sluice.server;

import dev.sluice.export.Export;
import dev.sluice.nbd.RequestRules;
import dev.sluice.nbd.TransmissionFlags;
import dev.sluice.stream.Direction;

/**
 * An export as one client sees it.
 *
 * @param export the export
 * @param rules what the client's requests must obey: also what it is told of size and abilities
 */
record NegotiatedExport(Export export, RequestRules rules) {

  private static final int WRITE_FLAGS =
      TransmissionFlags.HAS_FLAGS
          | TransmissionFlags.SEND_FLUSH
          | TransmissionFlags.SEND_FUA
          | TransmissionFlags.SEND_TRIM
          | TransmissionFlags.SEND_WRITE_ZEROES;

  private static final int READ_FLAGS = TransmissionFlags.HAS_FLAGS | TransmissionFlags.READ_ONLY;

  static NegotiatedExport of(Export export) {
    boolean read = export.stream().direction() == Direction.READ;
    return new NegotiatedExport(
        export,
        new RequestRules(export.stream().advertisedSize(), read, read ? READ_FLAGS : WRITE_FLAGS));
  }
}
