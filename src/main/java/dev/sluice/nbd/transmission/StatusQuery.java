package dev.sluice.nbd.transmission;

import dev.sluice.nbd.MetaContext;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The payload of an extended {@link Command#BLOCK_STATUS}, with which a client asks for some of its
 * contexts only.
 *
 * <p>Section "Request types", under {@code NBD_CMD_BLOCK_STATUS}.
 *
 * @param length bytes of the export that are asked about, unsigned
 * @param contexts the contexts to report
 */
public record StatusQuery(long length, Set<MetaContext> contexts) {

  /** Length of the longest payload in bytes, which has every context once. */
  public static final int MAX_LENGTH = Long.BYTES + Integer.BYTES * MetaContext.values().length;

  /** Takes a copy of {@code contexts}. */
  public StatusQuery {
    contexts = Set.copyOf(contexts);
  }

  /**
   * Returns whether a payload of this many bytes, unsigned, can be a query: 8 + 4n for n contexts.
   */
  public static boolean canBe(long payloadLength) {
    return payloadLength > Long.BYTES
        && payloadLength <= MAX_LENGTH
        && payloadLength % Integer.BYTES == 0;
  }

  /**
   * Decodes a payload. Its length {@link #canBe} that of a query.
   *
   * @param agreed the contexts that the client selected in the handshake
   * @return the query; empty if it names a context twice, or one that was not selected
   */
  public static Optional<StatusQuery> decode(ByteBuffer payload, Set<MetaContext> agreed) {
    long length = payload.getLong();
    Set<MetaContext> contexts = EnumSet.noneOf(MetaContext.class);
    while (payload.hasRemaining()) {
      Optional<MetaContext> context = MetaContext.of(payload.getInt()).filter(agreed::contains);
      if (context.isEmpty() || !contexts.add(context.get())) {
        return Optional.empty();
      }
    }
    return Optional.of(new StatusQuery(length, contexts));
  }
}
