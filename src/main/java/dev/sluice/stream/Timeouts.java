package dev.sluice.stream;

import java.time.Duration;

/**
 * How long a stream may take for what it waits for. Zero is for ever, except for {@code end}; none
 * is negative.
 *
 * @param peer how long a client's request waits for the peer to open its end
 * @param idle how long a started stream may stand still, and how long clients of one that has not
 *     begun may bring nothing new while it holds memory
 * @param resume how long an interrupted stream waits for another client
 * @param lifetime how long after its creation a stream may still be about; one whose bytes are
 *     moving then may go on until they stand still
 * @param stall how long a client may stand still within a request while another client waits, or
 *     bring nothing new while others are turned away
 * @param end how long the peer of a read stream may take to close its end after the last byte; zero
 *     is only a look
 */
public record Timeouts(
    Duration peer,
    Duration idle,
    Duration resume,
    Duration lifetime,
    Duration stall,
    Duration end) {

  /** Waits for everything as long as it takes. */
  public static final Timeouts NONE =
      of(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Timeouts without a limit for clients that stand still while others wait. */
  public static Timeouts of(Duration peer, Duration idle, Duration resume, Duration lifetime) {
    return new Timeouts(peer, idle, resume, lifetime, Duration.ZERO, Duration.ZERO);
  }
}
