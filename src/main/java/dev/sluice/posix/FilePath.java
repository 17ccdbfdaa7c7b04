package dev.sluice.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An absolute path, normal: without ".", ".." and empty names. For Linux it is bytes, which are
 * those of the text in UTF-8, whatever the locale; Java's own {@code Path} has no more letters than
 * the locale of the process.
 *
 * @param text such as "/tmp/sluice"
 */
public record FilePath(String text) {

  /** What a decoder leaves of bytes that it could not decode. */
  private static final char REPLACEMENT = '\ufffd';

  /**
   * A path as it has to be already, except for a slash too many.
   *
   * @throws IllegalArgumentException with what is wrong, and what was expected
   */
  public FilePath {
    requireText(text);
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("it is relative; expected an absolute path");
    }
    List<String> names = names(text);
    if (names.contains(".") || names.contains("..")) {
      throw new IllegalArgumentException("it has '.' or '..' in it; expected a path without");
    }
    text = "/" + String.join("/", names);
  }

  /**
   * A path as an operator may write it: it can be relative to the folder of the start, and have "."
   * and ".." in it.
   *
   * @throws IllegalArgumentException with what is wrong, and what was expected
   */
  public static FilePath configured(String text) {
    requireText(text);
    if (text.indexOf(REPLACEMENT) >= 0) {
      throw new IllegalArgumentException(
          "it has letters that are not in UTF-8, or that this process, which was not started with"
              + " UTF-8, has lost; expected UTF-8: start it with LC_ALL=C.UTF-8 in the"
              + " environment");
    }
    if (text.startsWith("file:")) {
      throw new IllegalArgumentException("it is a URL; expected a path");
    }
    List<String> normal = new ArrayList<>();
    for (String name : names(text.startsWith("/") ? text : folderOfTheStart() + "/" + text)) {
      if (name.equals("..")) {
        if (!normal.isEmpty()) {
          normal.removeLast();
        }
      } else if (!name.equals(".")) {
        normal.add(name);
      }
    }
    return new FilePath("/" + String.join("/", normal));
  }

  private static String folderOfTheStart() {
    try {
      return SymbolicLinks.target("/proc/self/cwd");
    } catch (ErrnoException e) {
      throw new IllegalArgumentException(
          "it is relative to the folder of the start, which has no name that can be used (%s); expected an absolute path"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static void requireText(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("it is empty; expected an absolute path");
    }
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("it is no path: it has a zero byte in it");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "it is no path: it has half of a character in it (an unpaired surrogate)");
    }
  }

  private static List<String> names(String text) {
    return Stream.of(text.split("/")).filter(name -> !name.isEmpty()).toList();
  }

  /** The last name; empty for the root of all folders. */
  public String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** The folder that it is in; the root of all folders is in itself. */
  public FilePath parent() {
    return new FilePath(text.substring(0, Math.max(1, text.lastIndexOf('/'))));
  }

  /** Whether it is in a folder, or in one below that. */
  public boolean isBelow(FilePath folder) {
    return !equals(folder) && text.startsWith(folder.prefix());
  }

  /** What follows the folder that it is below: "a/b". */
  public String relativeTo(FilePath folder) {
    return text.substring(folder.prefix().length());
  }

  private String prefix() {
    return text.endsWith("/") ? text : text + "/";
  }

  /** Its length in bytes. */
  public int length() {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public String toString() {
    return text;
  }
}
