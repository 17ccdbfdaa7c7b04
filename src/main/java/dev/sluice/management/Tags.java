package dev.sluice.management;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Values of tags: constants of an enum and nothing else, so that there are few. */
final class Tags {

  private Tags() {}

  /** For example {@code rate-limit}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The meter of a constant; each has one. */
  static <E extends Enum<E>, M> M get(Map<E, M> meters, E constant) {
    return Objects.requireNonNull(meters.get(constant));
  }
}
