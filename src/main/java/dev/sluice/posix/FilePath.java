package dev.sluice.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An absolute, normalized path: without ".", ".." and empty names. For Linux it is the UTF-8 bytes
 * of the text, whatever the locale. Java's {@code Path} can only have the characters of the
 * process's locale.
 *
 * @param text such as "/tmp/sluice"
 */
public record FilePath(String text) {

  /** The replacement for bytes that could not be decoded. */
  private static final char REPLACEMENT = '\ufffd';

  /**
   * Checks that a path is absolute and has neither "." nor "..", and removes superfluous slashes.
   *
   * @throws IllegalArgumentException if it is not; the message says what is wrong, and what was
   *     expected
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
   * Parses a path as an operator may write it: relative to the working directory, or with "." and
   * "..".
   *
   * @throws IllegalArgumentException if it is invalid; the message says what is wrong, and what was
   *     expected
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

  /** Returns the last name; empty for "/". */
  public String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** Returns the folder that it is in; "/" is in itself. */
  public FilePath parent() {
    return new FilePath(text.substring(0, Math.max(1, text.lastIndexOf('/'))));
  }

  /** Returns whether it is in a folder, directly or not. */
  public boolean isBelow(FilePath folder) {
    return !equals(folder) && text.startsWith(folder.prefix());
  }

  /** Returns the path relative to a folder that it is below, such as "a/b". */
  public String relativeTo(FilePath folder) {
    return text.substring(folder.prefix().length());
  }

  private String prefix() {
    return text.endsWith("/") ? text : text + "/";
  }

  /** Returns the length in bytes. */
  public int length() {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public String toString() {
    return text;
  }
}
