package dev.sluice.configuration;

import org.jspecify.annotations.Nullable;
import org.springframework.validation.Errors;

/** What keys may say about the permissions and the group of a file that is made. */
public final class FileRights {

  private FileRights() {}

  /** Rejects what is no mode, such as "0600", and no number of a group. */
  public static void check(
      String modeField, String mode, String groupField, @Nullable Integer group, Errors errors) {
    if (!mode.matches("0[0-7]{3}")) {
      errors.rejectValue(
          modeField, "format", "must be 0 and three octal digits in quotes, as \"0600\"");
    }
    if (group != null && group < 0) {
      errors.rejectValue(groupField, "range", "must be the number of a group, 0 or more");
    }
  }

  /** The permission bits of a mode. */
  public static int bits(String mode) {
    return Integer.parseInt(mode, 8);
  }
}
