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
 * An export as one client sees it.
 *
 * @param export the export
 * @param dialect how requests and replies look
 * @param contexts the metadata contexts that the client selected
 * @param rules what the client's requests must obey: also what it is told of size and abilities
 */
public record NegotiatedExport(
    Export export, Dialect dialect, Set<MetaContext> contexts, RequestRules rules) {

  /** Fast zeroes are offered so that they can be asked for, and refused at once. */
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

  /** What it is, for people; the same as long as it exists. */
  public String description() {
    OptionalLong declared = export.stream().settings().size();
    String size = declared.isPresent() ? declared.getAsLong() + " bytes" : "no declared size";
    return export.stream().direction() == Direction.READ
        ? "a stream of %s, to be read from start to end".formatted(size)
        : "a stream of %s, to be written from start to end".formatted(size);
  }
}
