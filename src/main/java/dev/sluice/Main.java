package dev.sluice;

import dev.sluice.cli.Cli;
import java.util.Set;

/** The entry point of the jar: the command line, or the service. */
public final class Main {

  /** What Spring Boot knows besides keys. */
  private static final Set<String> SWITCHES = Set.of("--debug", "--trace");

  private Main() {}

  /** Runs a command, or starts the service, as {@link #isCommandLine} says. */
  public static void main(String[] args) {
    if (isCommandLine(args)) {
      System.exit(Cli.run(Utf8Words.arguments(args)));
    }
    SluiceApplication.main(args);
  }

  /**
   * Whether arguments are those of a command. The service has none, or begins with a key, which has
   * a dot in its name: {@code --server.port=0}. No option of a command has.
   */
  static boolean isCommandLine(String... args) {
    if (args.length == 0) {
      return false;
    }
    int end = args[0].indexOf('=');
    String name = end < 0 ? args[0] : args[0].substring(0, end);
    boolean key = name.startsWith("--") && (name.contains(".") || SWITCHES.contains(name));
    return !key;
  }
}
