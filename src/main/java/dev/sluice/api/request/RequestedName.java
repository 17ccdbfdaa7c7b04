package dev.sluice.api.request;

import dev.sluice.export.ExportName;

/** Checks names for new exports. */
public final class RequestedName {

  /** A path below {@code /exports} that is not an export. */
  private static final String EVENTS = "events";

  private RequestedName() {}

  /**
   * Returns the name.
   *
   * @throws IllegalArgumentException if no export can have it; the message says what was expected
   */
  public static String checked(String name) {
    ExportName.complaint(name)
        .ifPresent(
            complaint -> {
              throw new IllegalArgumentException(complaint);
            });
    if (name.equals(EVENTS)) {
      throw new IllegalArgumentException(
          "/exports/events is where the events of all exports are; expected another name");
    }
    return name;
  }
}
