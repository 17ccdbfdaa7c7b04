package dev.sluice.api.request;

import dev.sluice.api.problem.ProblemException;
import java.util.Locale;

/** A boolean query parameter. */
public final class Flag {

  private Flag() {}

  /** Parses a value. A parameter without a value is true. */
  public static boolean isTrue(String parameter, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "", "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default ->
          throw ProblemException.of(
              parameter, value, "expected true, which it is without a value, or false");
    };
  }
}
