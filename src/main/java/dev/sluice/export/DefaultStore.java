package dev.sluice.export;

import org.jspecify.annotations.Nullable;

/**
 * Where exports are kept unless that is configured: in the user's folder for the state of programs
 * (XDG Base Directory Specification).
 */
final class DefaultStore {

  private DefaultStore() {}

  /** The default for this process's user. */
  static String path() {
    return choose(System.getenv("XDG_STATE_HOME"), System.getProperty("user.home"));
  }

  /** The folder {@code sluice} there; nothing is kept for a user who has no home. */
  static String choose(@Nullable String state, @Nullable String home) {
    if (state != null && state.startsWith("/")) {
      return state + "/sluice";
    }
    return home != null && home.startsWith("/") && !home.equals("/")
        ? home + "/.local/state/sluice"
        : ExportProperties.NO_STORE;
  }
}
