package dev.sluice.export;

/**
 * Ids of exports, for those who may look at exports and not use them. An id tells nothing of the
 * name, and can be none: it begins with a character that names do not have, so no NBD client
 * reaches anything by it.
 */
public final class ExportId {

  private static final String MARK = "~";

  private ExportId() {}

  /** A new one. */
  static String random() {
    return MARK + ExportName.random();
  }

  /**
   * That of an export which others know by an identity of its own, such as a UID; the same for all
   * of them.
   */
  public static String of(String identity) {
    return MARK + identity.replace("-", "");
  }

  /** Whether a text can be an id, and so no name. */
  public static boolean is(String text) {
    return text.startsWith(MARK);
  }
}
