package dev.sluice.stream;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What one stream may use and how long it may wait.
 *
 * @param size the stream's size in bytes, at least 1; empty: as long as the client or peer makes it
 * @param reorderWindow bytes that may be kept because they came, or were passed over, out of order
 * @param headWindow bytes at the start that can be rewritten (write) or reread (read)
 * @param peerTimeout how long to wait for the peer to open its end; zero waits for ever
 * @param idleTimeout how long a started stream may stand still; zero: for ever
 * @param resumeTimeout how long an interrupted stream waits for another client; zero: for ever
 */
public record StreamSettings(
    OptionalLong size,
    long reorderWindow,
    int headWindow,
    Duration peerTimeout,
    Duration idleTimeout,
    Duration resumeTimeout) {

  /** The largest disk that qemu opens, and what a client sees of a stream without a size. */
  public static final long UNKNOWN_SIZE = Long.MAX_VALUE - (1L << 30) + 1;

  /** Clients work in sectors of this many bytes, so sizes are rounded up to it for them. */
  public static final int SECTOR = 512;

  /** The first offset that is no longer part of the stream. */
  long end() {
    return size.orElse(UNKNOWN_SIZE);
  }

  /** The size that clients see. */
  long advertisedSize() {
    return (end() + SECTOR - 1) / SECTOR * SECTOR;
  }
}
