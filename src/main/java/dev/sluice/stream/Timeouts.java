package dev.sluice.stream;

import java.time.Duration;

/**
 * Limits on how long a stream waits. None is negative. Zero means no limit, except for {@code end}.
 *
 * @param peer how long a client's request waits for the peer to open its end
 * @param idle how long a started stream may make no progress, and how long the clients of one that
 *     has not begun may bring nothing new while it holds memory
 * @param resume how long an interrupted stream waits for another client
 * @param lifetime how long a stream may exist after its creation. If its bytes are moving then, it
 *     continues until they stop
 * @param stall how long a client may stall within a request while another client waits, or bring
 *     nothing new while others are turned away
 * @param end how long the peer of a read stream may take to close its end after the last byte; zero
 *     means one check without a wait
 */
public record Timeouts(
    Duration peer,
    Duration idle,
    Duration resume,
    Duration lifetime,
    Duration stall,
    Duration end) {

  /** Has no limits. */
  public static final Timeouts NONE =
      of(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Returns timeouts without {@code stall} and {@code end}. */
  public static Timeouts of(Duration peer, Duration idle, Duration resume, Duration lifetime) {
    return new Timeouts(peer, idle, resume, lifetime, Duration.ZERO, Duration.ZERO);
  }
}
