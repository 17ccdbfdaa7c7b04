package dev.sluice.stream;

/**
 * What the creator of an export, or whoever finishes it, asserts about facts that the stream cannot
 * verify. Each assertion is believed.
 *
 * @param padTail the rest of a declared size is zeroes (write)
 * @param acceptClose a client that closes its connection between two requests has received every
 *     reply, as if it had sent NBD_CMD_DISC (read)
 * @param acceptUnread bytes that no client has read are not wanted (read)
 * @param acceptExcess input beyond the declared size is not wanted (read)
 */
public record Assurances(
    boolean padTail, boolean acceptClose, boolean acceptUnread, boolean acceptExcess) {

  /** Asserts nothing. */
  public static final Assurances NONE = new Assurances(false, false, false, false);

  /** Asserts {@code padTail} only. */
  public static final Assurances PADDED_TAIL = new Assurances(true, false, false, false);
}
