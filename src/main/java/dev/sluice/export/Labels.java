package dev.sluice.export;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Labels, by which users find exports: keys and values by the rules of Kubernetes. They mean
 * nothing to the service.
 *
 * @param map sorted by key
 */
public record Labels(SortedMap<String, String> map) {

  /** The limit of labels of one export. */
  public static final int MOST = 16;

  /** No labels. */
  public static final Labels NONE = of(Map.of());

  private static final int MAX_PREFIX = 253;

  private static final String WORD = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
  private static final Pattern NAME = Pattern.compile(WORD);
  private static final Pattern VALUE = Pattern.compile("(" + WORD + ")?");
  private static final String PART = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
  private static final Pattern PREFIX = Pattern.compile(PART + "(\\." + PART + ")*");

  private static final String EXPECTED_WORD =
      "%d characters at most: letters, digits, '-', '_' and '.', with a letter or digit at both ends"
          .formatted(63);

  /** Copies the map. */
  public Labels {
    map = Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /**
   * Creates labels with these keys and values.
   *
   * @throws IllegalArgumentException when there are too many, or one is not a valid label; the
   *     message says which, and what was expected
   */
  public static Labels of(Map<String, String> map) {
    if (map.size() > MOST) {
      throw new IllegalArgumentException("expected %d labels at most".formatted(MOST));
    }
    map.forEach(Labels::check);
    return new Labels(new TreeMap<>(map));
  }

  private static void check(String key, String value) {
    int slash = key.indexOf('/');
    if (slash >= 0 && !isPrefix(key.substring(0, slash))) {
      throw new IllegalArgumentException(
          "the key \"%s\" has no valid prefix; expected a DNS name in lower case before its '/', of %d characters at most"
              .formatted(key, MAX_PREFIX));
    }
    if (!NAME.matcher(key.substring(slash + 1)).matches()) {
      throw new IllegalArgumentException(
          "the key \"%s\" is none; expected 1 to %s".formatted(key, EXPECTED_WORD));
    }
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the value of \"%s\" is none; expected %s, or nothing".formatted(key, EXPECTED_WORD));
    }
  }

  private static boolean isPrefix(String prefix) {
    return prefix.length() <= MAX_PREFIX && PREFIX.matcher(prefix).matches();
  }
}
