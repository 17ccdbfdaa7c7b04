package dev.sluice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line and the environment as UTF-8, where the JVM takes them for something else, as
 * for ASCII in the locale C: it loses letters then. It is apart from {@link Utf8Start}, so that a
 * command loads none of Spring's classes.
 */
final class Utf8Words {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final Path ENVIRONMENT = Path.of("/proc/self/environ");

  private Utf8Words() {}

  /** Whether the JVM loses no letter. */
  static boolean areNative() {
    return StandardCharsets.UTF_8.name().equals(System.getProperty("native.encoding"));
  }

  /** The same arguments with all their letters, if they are those of the command line. */
  static String[] arguments(String[] args) {
    if (areNative()) {
      return args;
    }
    List<String> words = words(COMMAND_LINE);
    List<String> last = words.subList(Math.max(0, words.size() - args.length), words.size());
    boolean same =
        last.stream()
            .map(Utf8Words::ascii)
            .toList()
            .equals(List.of(args).stream().map(Utf8Words::ascii).toList());
    return same ? last.toArray(String[]::new) : args;
  }

  /** What every decoder leaves as it is; some make a question mark of what they do not know. */
  private static String ascii(String text) {
    return text.replaceAll("[^\\p{ASCII}]|\\?", "");
  }

  /** Variables, each with its value after an equals sign. */
  static List<String> ofEnvironment() {
    return words(ENVIRONMENT);
  }

  /** What a file of zero-terminated words has; nothing where it cannot be read. */
  private static List<String> words(Path file) {
    try {
      String all = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      List<String> words = List.of(all.split("\0", -1));
      return words.subList(0, words.size() - 1); // what follows the last zero byte
    } catch (IOException e) {
      return List.of();
    }
  }
}
