package dev.sluice.stream;

import java.time.Duration;

/**
 * How long a stream may take for what it waits for. Zero is for ever; none is negative.
 *
 * @param peer how long a client's request waits for the peer to open its end
 * @param idle how long a started stream may stand still
 * @param resume how long an interrupted stream waits for another client
 * @param lifetime how long after its creation a stream may still be about; one whose bytes are
 *     moving then may go on until they stand still
 */
public record Timeouts(Duration peer, Duration idle, Duration resume, Duration lifetime) {

  /** Waits for everything as long as it takes. */
  public static final Timeouts NONE =
      new Timeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
