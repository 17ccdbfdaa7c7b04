package dev.sluice.export;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reserves file descriptors for existing streams. While fewer are left, nothing new is accepted:
 * opening a pipe, ending a stream and removing its FIFO all need some. Counting open descriptors is
 * slow when there are many, so the last count is used for a while.
 */
final class DescriptorReserve {

  /** The size of the reserve, unless that is more than an eighth of the process's limit. */
  private static final long RESERVE = 64;

  /**
   * The most that one export or connection uses. Subtracted for each check since the last count.
   */
  private static final long EACH = 8;

  private static final long FRESH_NANOS = 100_000_000;

  private final long limit;
  private final LongSupplier open;
  private final LongSupplier nanoTime;
  private long left;
  private long lookedAt;
  private boolean looked;
  private boolean inShortage;

  DescriptorReserve() {
    this(ofProcess().getMaxFileDescriptorCount(), ofProcess()::getOpenFileDescriptorCount);
  }

  private DescriptorReserve(long limit, LongSupplier open) {
    this(limit, open, System::nanoTime);
  }

  /**
   * Creates a reserve.
   *
   * @param limit the process's limit of descriptors
   * @param open counts its open descriptors
   */
  DescriptorReserve(long limit, LongSupplier open, LongSupplier nanoTime) {
    this.limit = limit;
    this.open = open;
    this.nanoTime = nanoTime;
  }

  private static UnixOperatingSystemMXBean ofProcess() {
    return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }

  /** Fails if there is a shortage. */
  void requireEnough() {
    shortage()
        .ifPresent(
            why -> {
              throw ExportException.because(ExportException.Reason.UNAVAILABLE, why);
            });
  }

  /** Returns why nothing new can be accepted; empty if something can. */
  synchronized Optional<String> shortage() {
    long reserve = Math.min(RESERVE, limit / 8);
    left -= EACH;
    if (!looked || left < reserve + EACH || nanoTime.getAsLong() - lookedAt > FRESH_NANOS) {
      left = limit - open.getAsLong();
      lookedAt = nanoTime.getAsLong();
      looked = true;
    }
    // Hysteresis: a shortage ends only when a few more are free than when it began.
    inShortage = left < (inShortage ? reserve + 2 * EACH : reserve);
    return !inShortage
        ? Optional.empty()
        : Optional.of(
            ("%d of %d file descriptors are open, and the rest is kept for streams that are there;"
                    + " raise the limit (RLIMIT_NOFILE: ulimit -n, LimitNOFILE=,"
                    + " docker run --ulimit nofile=…)")
                .formatted(limit - left, limit));
  }
}
