package dev.sluice.management;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Creates tag values. They are constants of enums only, so that their number is limited. */
final class Tags {

  private Tags() {}

  /** Returns the value for a constant, such as {@code rate-limit}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the meter of a constant; each has one. */
  static <E extends Enum<E>, M> M get(Map<E, M> meters, E constant) {
    return Objects.requireNonNull(meters.get(constant));
  }
}
