package dev.sluice.stream;

/**
 * What whoever made an export, or ends it, vouches for, where the stream itself cannot know. Each
 * is believed without evidence.
 *
 * @param padTail the rest of a declared size is zeroes (write)
 * @param acceptClose a client that closes its connection between two requests has received every
 *     reply, as if it had said goodbye (read)
 * @param acceptUnread bytes that no client has read are not wanted (read)
 * @param acceptExcess input beyond the declared size is not wanted (read)
 */
public record Assurances(
    boolean padTail, boolean acceptClose, boolean acceptUnread, boolean acceptExcess) {

  /** Nobody vouches for anything. */
  public static final Assurances NONE = new Assurances(false, false, false, false);

  /** The rest of a declared size is zeroes. */
  public static final Assurances PADDED_TAIL = new Assurances(true, false, false, false);
}
