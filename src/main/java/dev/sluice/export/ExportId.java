package dev.sluice.export;

/**
 * Ids of exports, for users who may look at exports but not use them. An id reveals nothing of the
 * name, and can never be a name: it begins with a character that names do not have. So no NBD
 * client reaches an export by its id.
 */
public final class ExportId {

  private static final String MARK = "~";

  private ExportId() {}

  /** Returns a new random id. */
  static String random() {
    return MARK + ExportName.random();
  }

  /**
   * Returns the id of an export that has an identity of its own elsewhere, such as a UID. Equal
   * identities give equal ids.
   */
  public static String of(String identity) {
    return MARK + identity.replace("-", "");
  }

  /** Returns whether a text has the form of an id, and so cannot be a name. */
  public static boolean is(String text) {
    return text.startsWith(MARK);
  }
}
