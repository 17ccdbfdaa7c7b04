package dev.sluice.server.session;

import dev.sluice.export.Export;
import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.TransmissionFlags;
import dev.sluice.nbd.transmission.Dialect;
import dev.sluice.nbd.transmission.RequestRules;
import dev.sluice.stream.Direction;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An export as one client has negotiated it.
 *
 * @param export the export
 * @param dialect the format of requests and replies
 * @param contexts the metadata contexts that the client selected
 * @param rules the rules for the client's requests; they have the size and the transmission flags
 *     that it was told
 */
public record NegotiatedExport(
    Export export, Dialect dialect, Set<MetaContext> contexts, RequestRules rules) {

  /** FAST_ZERO is offered so that clients can ask for it, and are refused at once. */
  private static final int WRITE_FLAGS =
      TransmissionFlags.HAS_FLAGS
          | TransmissionFlags.SEND_FLUSH
          | TransmissionFlags.SEND_FUA
          | TransmissionFlags.SEND_TRIM
          | TransmissionFlags.SEND_WRITE_ZEROES
          | TransmissionFlags.SEND_CACHE
          | TransmissionFlags.SEND_FAST_ZERO;

  private static final int READ_FLAGS =
      TransmissionFlags.HAS_FLAGS | TransmissionFlags.READ_ONLY | TransmissionFlags.SEND_CACHE;

  public static NegotiatedExport of(Export export, Agreement agreement) {
    Dialect dialect = agreement.dialect();
    Set<MetaContext> contexts = agreement.contextsFor(export.name());
    int flags = export.stream().direction() == Direction.READ ? READ_FLAGS : WRITE_FLAGS;
    if (dialect.hasChunks()) {
      flags |= TransmissionFlags.SEND_DF;
    }
    if (dialect == Dialect.EXTENDED && !contexts.isEmpty()) {
      flags |= TransmissionFlags.BLOCK_STATUS_PAYLOAD;
    }
    return new NegotiatedExport(
        export,
        dialect,
        contexts,
        new RequestRules(export.stream().advertisedSize(), flags, !contexts.isEmpty()));
  }

  /** Returns a description for people, which never changes. */
  public String description() {
    OptionalLong declared = export.stream().settings().size();
    String size = declared.isPresent() ? declared.getAsLong() + " bytes" : "no declared size";
    return export.stream().direction() == Direction.READ
        ? "a stream of %s, to be read from start to end".formatted(size)
        : "a stream of %s, to be written from start to end".formatted(size);
  }
}
