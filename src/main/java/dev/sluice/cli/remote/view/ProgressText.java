package dev.sluice.cli.remote.view;

import dev.sluice.cli.common.PlainText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Describes the progress of a stream. */
public final class ProgressText {

  private static final double NANOS = 1e9;

  private ProgressText() {}

  /** Returns percent, bytes, rate and the time left, or what the stream waits for. */
  static String of(RemoteExport export, Rate rate) {
    OptionalLong size = export.size();
    List<String> parts = new ArrayList<>();
    export.percent().ifPresent(percent -> parts.add(percent + "%"));
    parts.add(
        Amounts.bytes(export.position())
            + (size.isPresent() ? " of " + Amounts.bytes(size.getAsLong()) : ""));
    Optional<String> failure = export.text("failure");
    Optional<Double> speed = rate.bytesPerSecond();
    if (failure.isPresent()) {
      parts.add(failure.get());
    } else if (speed.isPresent()) {
      parts.add(Amounts.rate(speed.get()));
      if (size.isPresent()) {
        double left = (size.getAsLong() - export.position()) / speed.get();
        parts.add(Amounts.clock(Duration.ofSeconds((long) Math.ceil(left))) + " left");
      }
    } else {
      export.reason().ifPresent(what -> parts.add("waits for " + what));
    }
    return String.join(", ", parts);
  }

  /** Returns the line for a stream that is COMPLETED. */
  public static String completed(RemoteExport export) {
    String text = "%s is COMPLETED: %d bytes".formatted(export.name(), export.position());
    Optional<Duration> duration = export.duration().filter(Duration::isPositive);
    if (duration.isPresent()) {
      double seconds = duration.get().toNanos() / NANOS;
      text +=
          String.format(
              Locale.ROOT, " in %.1f s (%s)", seconds, Amounts.rate(export.position() / seconds));
    }
    return PlainText.of(text);
  }
}
