package dev.sluice.api.request;

import dev.sluice.export.ExportName;

/** A name that an export is to have. */
public final class RequestedName {

  /** What is below {@code /exports} and is no export. */
  private static final String EVENTS = "events";

  private RequestedName() {}

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException when no export can have it; the message says what was expected
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
