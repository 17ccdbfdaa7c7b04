package dev.sluice.export;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Descriptors that are kept for streams that are there, and for their ends: while fewer are left,
 * nothing new is taken in. Opening a pipe, ending a stream and removing its FIFO need some.
 * Counting them takes a while where there are many, so it is not done for everything that comes.
 */
final class DescriptorReserve {

  /** What is kept, unless that is more than an eighth of what the process may have. */
  private static final long RESERVE = 64;

  /** The most that an export and a connection take, counted from one look to the next. */
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
   * A reserve.
   *
   * @param limit how many the process may have
   * @param open how many it has
   */
  DescriptorReserve(long limit, LongSupplier open, LongSupplier nanoTime) {
    this.limit = limit;
    this.open = open;
    this.nanoTime = nanoTime;
  }

  private static UnixOperatingSystemMXBean ofProcess() {
    return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }

  /** Refuses what is new while there is a shortage. */
  void requireEnough() {
    shortage()
        .ifPresent(
            why -> {
              throw ExportException.because(ExportException.Reason.UNAVAILABLE, why);
            });
  }

  /** Why nothing new can be taken in, in words; empty when something can. */
  synchronized Optional<String> shortage() {
    long reserve = Math.min(RESERVE, limit / 8);
    left -= EACH;
    if (!looked || left < reserve + EACH || nanoTime.getAsLong() - lookedAt > FRESH_NANOS) {
      left = limit - open.getAsLong();
      lookedAt = nanoTime.getAsLong();
      looked = true;
    }
    // A few more end a shortage than begin it, so that it does not come and go with each of them.
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
