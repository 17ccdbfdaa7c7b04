package dev.sluice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads the command line and the environment as UTF-8 where the JVM takes them for something else,
 * as for ASCII in the locale C: it loses letters then.
 */
final class Utf8Start implements EnvironmentPostProcessor, Ordered {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final Path ENVIRONMENT = Path.of("/proc/self/environ");

  /** Before any other that looks at the environment. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  private static boolean isNative() {
    return StandardCharsets.UTF_8.name().equals(System.getProperty("native.encoding"));
  }

  /** The same arguments with all their letters, if they are those of the command line. */
  static String[] arguments(String[] args) {
    if (isNative()) {
      return args;
    }
    List<String> words = words(COMMAND_LINE);
    List<String> last = words.subList(Math.max(0, words.size() - args.length), words.size());
    boolean same =
        last.stream()
            .map(Utf8Start::ascii)
            .toList()
            .equals(List.of(args).stream().map(Utf8Start::ascii).toList());
    return same ? last.toArray(String[]::new) : args;
  }

  /** What every decoder leaves as it is; some make a question mark of what they do not know. */
  private static String ascii(String text) {
    return text.replaceAll("[^\\p{ASCII}]|\\?", "");
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    MutablePropertySources sources = environment.getPropertySources();
    if (isNative() || !sources.contains(name)) {
      return;
    }
    Map<String, Object> variables = new HashMap<>(environment.getSystemEnvironment());
    for (String word : words(ENVIRONMENT)) {
      int end = word.indexOf('=');
      if (end > 0) {
        variables.put(word.substring(0, end), word.substring(end + 1));
      }
    }
    sources.replace(name, new SystemEnvironmentPropertySource(name, variables));
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
