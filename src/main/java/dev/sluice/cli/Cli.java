package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.common.ErrorLine;
import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.RemoteCommands;
import dev.sluice.cli.streaming.Interruption;
import dev.sluice.cli.streaming.StderrLogging;
import dev.sluice.cli.streaming.StreamingCommand;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs the command line: finds the command in it, and executes that. */
public final class Cli {

  private static final int WIDTH = 100;

  /** Answered without picocli, since reading all options takes much longer. */
  private static final Set<String> VERSION = Set.of("-V", "--version");

  private static final String HELP = "help";

  private Cli() {}

  /**
   * Runs a command for this process.
   *
   * @return the exit code of the process
   */
  public static int run(String... args) {
    Interruption.noteParent(); // before the parent can end unnoticed
    StderrLogging.use();
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    return run(Interruption::watch, Surroundings.ofProcess(), out, err, args);
  }

  /**
   * Runs a command.
   *
   * @param watch installs the signal handlers; called once at most, by a command that runs for long
   * @param out for results
   * @param err for error messages
   */
  static int run(
      Supplier<Interruption> watch,
      Surroundings surroundings,
      PrintWriter out,
      PrintWriter err,
      String... args) {
    if (args.length == 1 && VERSION.contains(args[0])) {
      out.println(Version.line());
      return out.checkError() ? ExitCode.FAILED : ExitCode.DONE;
    }
    if (args.length > 0 && args[0].equals(HELP)) {
      return run(watch, surroundings, out, err, helpOption(args));
    }
    Map<String, Supplier<CommandLine>> commands = commands(watch, surroundings);
    CommandLine all = commandLine(commands, named(commands.keySet(), args));
    String[] words = commandFirst(all, args);
    if (all.getSubcommands().size() < commands.size() && !startsWithCommand(all, words)) {
      all = commandLine(commands, commands.keySet());
      words = commandFirst(all, args);
    }
    all.setOut(out).setErr(err);
    String first = words.length == 0 ? "-" : words[0];
    boolean command = first.isEmpty() || !first.startsWith("-");
    if (command && !startsWithCommand(all, words)) {
      return usage(
          all,
          "there is no command '%s'; expected one of %s"
              .formatted(first, all.getSubcommands().keySet()));
    }
    int exitCode = all.execute(words);
    if (exitCode == ExitCode.DONE && out.checkError()) {
      ErrorLine.print(err, "standard output cannot be written to");
      return ExitCode.FAILED;
    }
    return exitCode;
  }

  /** Turns {@code help list} into {@code list --help}, as git and kubectl do. */
  private static String[] helpOption(String... args) {
    return Stream.concat(Stream.of(args).skip(1), Stream.of("--help")).toArray(String[]::new);
  }

  /** Returns all commands with their options, for the generated documentation. */
  public static CommandLine model() {
    return commandLine(Interruption::watch, Surroundings.ofProcess());
  }

  static CommandLine commandLine(Supplier<Interruption> watch, Surroundings surroundings) {
    Map<String, Supplier<CommandLine>> commands = commands(watch, surroundings);
    return commandLine(commands, commands.keySet());
  }

  private static Map<String, Supplier<CommandLine>> commands(
      Supplier<Interruption> watch, Surroundings surroundings) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put(StreamingCommand.NAME, () -> StreamingCommand.commandLine(watch));
    commands.putAll(RemoteCommands.all(surroundings));
    return commands;
  }

  /**
   * Returns the commands that the arguments may name. Only their options are read, since reading
   * those of all commands takes a while.
   */
  private static Set<String> named(Set<String> commands, String... args) {
    Set<String> named = new LinkedHashSet<>(commands);
    named.retainAll(List.of(args));
    return named.isEmpty() ? commands : named;
  }

  private static boolean startsWithCommand(CommandLine all, String... words) {
    return words.length > 0 && all.getSubcommands().containsKey(words[0]);
  }

  private static CommandLine commandLine(
      Map<String, Supplier<CommandLine>> commands, Set<String> names) {
    CommandLine all = new CommandLine(new SluiceCommand());
    for (String name : names) {
      all.addSubcommand(Objects.requireNonNull(commands.get(name)).get());
    }
    return all.setExpandAtFiles(false)
        .setAllowOptionsAsOptionParameters(true)
        .setAllowSubcommandsAsOptionParameters(true)
        .setUsageHelpWidth(WIDTH)
        .setParameterExceptionHandler((e, _) -> usage(e.getCommandLine(), message(e)))
        .setExecutionExceptionHandler((e, command, _) -> failed(e, command));
  }

  /**
   * Returns picocli's message in this program's style: without a capital letter, and without the
   * index of an unexpected word.
   */
  private static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      return "there is no use for '%s'".formatted(unmatched.getUnmatched().getFirst());
    }
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
      case FailedException failed -> {
        ErrorLine.print(command.getErr(), message);
        yield failed.exitCode();
      }
      default -> throw e;
    };
  }

  /** Moves the command to the front: as with getopt, its options may stand before its name. */
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
      if (i + 1 < args.length && takesNext(all, args[i], args[i + 1])) {
        i++;
      }
    }
    return args;
  }

  /**
   * Returns whether the next word is the value of an option, or of the last of several short ones.
   */
  private static boolean takesNext(CommandLine all, String word, String next) {
    if (word.startsWith("--")) {
      return takesNext(all, find(all, word), next);
    }
    for (int i = 1; i < word.length(); i++) {
      List<OptionSpec> found = find(all, "-" + word.charAt(i));
      if (found.stream().anyMatch(Cli::takesValue)) {
        return i == word.length() - 1 && takesNext(all, found, next);
      }
    }
    return false;
  }

  /**
   * Returns whether the next word is a value. If only some commands have a value for the option, it
   * is one unless it names a command.
   */
  private static boolean takesNext(CommandLine all, List<OptionSpec> found, String next) {
    if (!found.isEmpty() && found.stream().allMatch(Cli::takesValue)) {
      return true;
    }
    return found.stream().anyMatch(Cli::takesValue) && !all.getSubcommands().containsKey(next);
  }

  private static boolean takesValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  private static List<OptionSpec> find(CommandLine all, String name) {
    return all.getSubcommands().values().stream()
        .map(command -> command.getCommandSpec().findOption(name))
        .filter(Objects::nonNull)
        .toList();
  }
}
