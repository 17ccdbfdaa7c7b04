package dev.sluice.cli.remote.view;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The rate at which a position has moved in the last 10 s. */
final class Rate {

  private static final long LATELY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int MAX_SAMPLES = 64;
  private static final double NANOS = 1e9;

  private record Sample(long position, long nanos) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Adds a sample. */
  void add(long position, long nanos) {
    samples.add(new Sample(position, nanos));
    while (samples.size() > 2
        && (nanos - samples.peek().nanos() > LATELY_NANOS || samples.size() > MAX_SAMPLES)) {
      samples.remove();
    }
  }

  /**
   * Returns bytes per second; empty while the position stands still, or before the second sample.
   */
  Optional<Double> bytesPerSecond() {
    if (samples.size() < 2) {
      return Optional.empty();
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long time = last.nanos() - first.nanos();
    long bytes = last.position() - first.position();
    return time <= 0 || bytes <= 0 ? Optional.empty() : Optional.of(bytes / (time / NANOS));
  }
}
