package dev.sluice.export;

import org.jspecify.annotations.Nullable;

/**
 * The default of {@code sluice.exports.store}: in the user's state folder (XDG Base Directory
 * Specification).
 */
final class DefaultStore {

  private DefaultStore() {}

  /** Returns the default for this process's user. */
  static String path() {
    return choose(System.getenv("XDG_STATE_HOME"), System.getProperty("user.home"));
  }

  /**
   * Returns the folder {@code sluice} in the state folder, or {@link ExportProperties#NO_STORE} for
   * a user without a home.
   */
  static String choose(@Nullable String state, @Nullable String home) {
    if (state != null && state.startsWith("/")) {
      return state + "/sluice";
    }
    return home != null && home.startsWith("/") && !home.equals("/")
        ? home + "/.local/state/sluice"
        : ExportProperties.NO_STORE;
  }
}
