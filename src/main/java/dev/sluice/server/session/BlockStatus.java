package dev.sluice.server.session;

import dev.sluice.export.Export;
import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.transmission.CommandFlags;
import dev.sluice.nbd.transmission.Dialect;
import dev.sluice.nbd.transmission.Extent;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Refusal;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.nbd.transmission.StatusQuery;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.bytes.ByteStream;
import dev.sluice.stream.client.Client;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers BLOCK_STATUS requests for the metadata contexts that the client selected (specification:
 * "Metadata querying").
 */
public final class BlockStatus {

  /**
   * The largest disk, in bytes, that a client without extended headers can ask about. It learns of
   * 4 GiB at a time, so this size takes a second. A disk without a declared size would take years.
   */
  static final long LARGEST_COMPACT_MAP = 1L << 50;

  private final NegotiatedExport chosen;
  private final ByteBuffer payload = ByteBuffer.allocateDirect(StatusQuery.MAX_LENGTH);

  BlockStatus(NegotiatedExport chosen) {
    this.chosen = chosen;
  }

  /** Returns whether a client can select metadata contexts of an export. */
  public static boolean isAvailable(Export export, Dialect dialect) {
    return dialect == Dialect.EXTENDED || export.stream().advertisedSize() <= LARGEST_COMPACT_MAP;
  }

  /**
   * Sends the status chunks for a request that passed the rules.
   *
   * @return why the request is refused, because of its payload; empty if it was answered
   */
  Optional<Refusal> answer(Client client, Request request, ReplyWriter replies) throws IOException {
    if (!request.has(CommandFlags.PAYLOAD_LEN)) {
      reply(client, request, chosen.contexts(), replies);
      return Optional.empty();
    }
    payload.clear().limit((int) request.length());
    client.connection().readPayload(MemorySegment.ofBuffer(payload));
    Optional<StatusQuery> query = StatusQuery.decode(payload, chosen.contexts());
    if (query.isEmpty()) {
      return Optional.of(
          new Refusal(
              NbdError.EINVAL, "BLOCK_STATUS names a context twice, or one that is not selected"));
    }
    Request effective = request.forEffect(query.get().length());
    Optional<Refusal> broken = chosen.rules().check(effective);
    if (broken.isEmpty()) {
      reply(client, effective, query.get().contexts(), replies);
    }
    return broken;
  }

  private void reply(Client client, Request request, Set<MetaContext> contexts, ReplyWriter replies)
      throws IOException {
    ByteStream stream = chosen.export().stream();
    List<StreamExtent> map =
        stream.map(client, request.offset(), request.length(), Protocol.MAX_EXTENTS);
    boolean read = stream.direction() == Direction.READ;
    for (Iterator<MetaContext> rest = contexts.iterator(); rest.hasNext(); ) {
      MetaContext context = rest.next();
      List<Extent> extents = describe(context, map, read);
      boolean one = request.has(CommandFlags.REQ_ONE);
      replies.status(context, one ? extents.subList(0, 1) : extents, !rest.hasNext());
    }
  }

  private static List<Extent> describe(MetaContext context, List<StreamExtent> map, boolean read) {
    List<Extent> extents = new ArrayList<>();
    for (StreamExtent part : map) {
      int flags =
          switch (context) {
            case BASE_ALLOCATION -> read ? 0 : allocation(part.content());
            case STREAM -> progress(part.content());
          };
      if (!extents.isEmpty() && extents.getLast().flags() == flags) {
        extents.add(new Extent(extents.removeLast().length() + part.length(), flags));
      } else {
        extents.add(new Extent(part.length(), flags));
      }
    }
    return extents;
  }

  /**
   * Returns the flags of base:allocation. Bytes that are not written yet are a hole, but not
   * promised to be zero: a client that relies on such a promise skips its zeroes, and leaves the
   * same gaps as a client that failed.
   */
  private static int allocation(StreamExtent.Content content) {
    return switch (content) {
      case GONE, KEPT, DATA -> 0;
      case ZEROES -> MetaContext.ZERO;
      case AHEAD -> MetaContext.HOLE;
    };
  }

  private static int progress(StreamExtent.Content content) {
    return switch (content) {
      case GONE -> MetaContext.PASSED;
      case KEPT -> MetaContext.PASSED | MetaContext.HELD;
      case DATA, ZEROES -> MetaContext.HELD;
      case AHEAD -> 0;
    };
  }
}
