package dev.sluice.cli.remote.view;

import java.time.Duration;
import java.util.Locale;

/** Formats bytes and times for people. */
final class Amounts {

  private static final String UNITS = "kMGTPE";
  private static final double MIB = 1L << 20;

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Amounts() {}

  /** Formats a number of bytes with one of nbdkit's suffixes (powers of 1024): 512, 1.5k, 256M. */
  static String bytes(long bytes) {
    if (bytes < 1024) {
      return Long.toString(bytes);
    }
    int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    long unit = 1L << (10 * power);
    char letter = UNITS.charAt(power - 1);
    // Rounded down: bytes that have not arrived are not shown.
    long tenths = bytes / unit * 10 + bytes % unit / (unit / 1024) * 10 / 1024;
    return tenths % 10 == 0
        ? "%d%c".formatted(tenths / 10, letter)
        : "%d.%d%c".formatted(tenths / 10, tenths % 10, letter);
  }

  /** Formats a rate in MiB/s. */
  static String rate(double bytesPerSecond) {
    return String.format(Locale.ROOT, "%.1f MiB/s", bytesPerSecond / MIB);
  }

  /** Formats an age in one or two units, as kubectl does. */
  static String age(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 2 * MINUTE) {
      return seconds + "s";
    }
    if (seconds < 10 * MINUTE) {
      return two(seconds, MINUTE, "m", 1, "s");
    }
    if (seconds < 3 * HOUR) {
      return seconds / MINUTE + "m";
    }
    if (seconds < 8 * HOUR) {
      return two(seconds, HOUR, "h", MINUTE, "m");
    }
    if (seconds < 2 * DAY) {
      return seconds / HOUR + "h";
    }
    return seconds < 8 * DAY ? two(seconds, DAY, "d", HOUR, "h") : seconds / DAY + "d";
  }

  private static String two(long seconds, long large, String first, long small, String second) {
    long rest = seconds % large / small;
    return seconds / large + first + (rest == 0 ? "" : rest + second);
  }

  /** Formats a duration: 0:05, 12:34, 1:02:03. */
  static String clock(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    return seconds < HOUR
        ? "%d:%02d".formatted(seconds / MINUTE, seconds % MINUTE)
        : "%d:%02d:%02d".formatted(seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
  }
}
