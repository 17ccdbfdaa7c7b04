package dev.sluice.cli.manual;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Names and descriptions of a command and its options, as plain text. */
final class Words {

  private Words() {}

  /** Returns the subcommands of a command, in the order of its help. */
  static List<CommandSpec> commands(CommandSpec all) {
    return all.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .distinct()
        .filter(command -> !command.usageMessage().hidden())
        .toList();
  }

  /** Returns the options that a command's help shows, in that order. */
  static List<OptionSpec> options(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .toList();
  }

  /** Returns whether an option takes a value. */
  static boolean hasValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  /** Returns what a command does, in one line. */
  static String summary(CommandSpec command) {
    String[] header = command.usageMessage().header();
    return text(header.length > 0 ? header : first(command.usageMessage().description()));
  }

  private static String[] first(String... lines) {
    return Stream.of(lines).filter(line -> !line.isBlank()).limit(1).toArray(String[]::new);
  }

  /** Returns what an option does. */
  static String description(OptionSpec option) {
    return text(option.description())
        .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()));
  }

  /** Joins lines into one text. */
  static String text(String... lines) {
    return Stream.of(lines)
        .map(line -> Ansi.OFF.string(line).strip())
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Returns the first sentence of a text, or the part of it before a semicolon or a colon. */
  static String brief(String text) {
    return text.split("(?<=\\.) |[;:] ", 2)[0].replaceFirst("\\.$", "");
  }
}
