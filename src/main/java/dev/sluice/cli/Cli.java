package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.common.ErrorLine;
import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.streaming.Interruption;
import dev.sluice.cli.streaming.StderrLogging;
import dev.sluice.cli.streaming.StreamingCommand;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What is typed after the program's name: finds the command in it and runs that. */
public final class Cli {

  private static final int WIDTH = 100;

  /** Answered before any option is read, which would take longer than all the rest. */
  private static final Set<String> VERSION = Set.of("-V", "--version");

  private Cli() {}

  /**
   * Runs a command of this process.
   *
   * @return what the process is to end with
   */
  public static int run(String... args) {
    Interruption.noteParent(); // before it can end unseen
    StderrLogging.use();
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    return run(Interruption::watch, out, err, args);
  }

  /**
   * Runs a command.
   *
   * @param watch begins to take note of signals; it is asked once, if the command goes on for long
   * @param out for what was asked for
   * @param err for complaints
   */
  static int run(Supplier<Interruption> watch, PrintWriter out, PrintWriter err, String... args) {
    if (args.length == 1 && VERSION.contains(args[0])) {
      out.println(Version.text());
      return ExitCode.DONE;
    }
    CommandLine all = commandLine(watch).setOut(out).setErr(err);
    String[] words = commandFirst(all, args);
    String first = words.length == 0 ? "-" : words[0];
    boolean command = first.isEmpty() || !first.startsWith("-");
    if (command && !all.getSubcommands().containsKey(first)) {
      return usage(
          all,
          "there is no command '%s'; expected one of %s"
              .formatted(first, all.getSubcommands().keySet()));
    }
    return all.execute(words);
  }

  /** All commands with their options, for whoever writes about them. */
  public static CommandLine model() {
    return commandLine(Interruption::watch);
  }

  static CommandLine commandLine(Supplier<Interruption> watch) {
    return new CommandLine(new SluiceCommand())
        .addSubcommand(StreamingCommand.commandLine(watch))
        .setExpandAtFiles(false)
        .setAllowOptionsAsOptionParameters(true)
        .setAllowSubcommandsAsOptionParameters(true)
        .setUsageHelpWidth(WIDTH)
        .setParameterExceptionHandler((e, _) -> usage(e.getCommandLine(), message(e)))
        .setExecutionExceptionHandler((e, command, _) -> failed(e, command));
  }

  /** Picocli begins with a capital letter. */
  private static String message(ParameterException e) {
    String text = String.valueOf(e.getMessage());
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }

  private static int usage(CommandLine command, String message) {
    ErrorLine.print(command.getErr(), message);
    command
        .getErr()
        .println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    String message = String.valueOf(e.getMessage());
    return switch (e) {
      case UsageException _ -> usage(command, message);
      case FailedException _ -> {
        ErrorLine.print(command.getErr(), message);
        yield ExitCode.FAILED;
      }
      default -> throw e;
    };
  }

  /** As getopt permits it, options of a command may stand before its name: that is moved. */
  static String[] commandFirst(CommandLine all, String... args) {
    for (int i = 0; i < args.length; i++) {
      boolean end = args[i].equals("--");
      if (end || args[i].equals("-") || !args[i].startsWith("-")) {
        int command = end ? i + 1 : i;
        if (command == args.length) {
          return args;
        }
        Stream<String> before = Stream.of(args).limit(i);
        Stream<String> after = Stream.of(args).skip(command + 1L);
        return Stream.of(Stream.of(args[command]), before, after)
            .flatMap(each -> each)
            .toArray(String[]::new);
      }
      if (takesNext(all, args[i])) {
        i++;
      }
    }
    return args;
  }

  /** Whether the next word belongs to an option, or to the last of several short ones. */
  private static boolean takesNext(CommandLine all, String word) {
    if (word.startsWith("--")) {
      return takesValue(find(all, word));
    }
    for (int i = 1; i < word.length(); i++) {
      if (takesValue(find(all, "-" + word.charAt(i)))) {
        return i == word.length() - 1;
      }
    }
    return false;
  }

  private static boolean takesValue(@Nullable OptionSpec option) {
    return option != null && option.arity().max() > 0;
  }

  private static @Nullable OptionSpec find(CommandLine all, String name) {
    return all.getSubcommands().values().stream()
        .map(command -> command.getCommandSpec().findOption(name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
