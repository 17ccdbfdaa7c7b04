package dev.sluice.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates the completion of the command line for fish(1). */
final class FishCompletion {

  private FishCompletion() {}

  /** Returns the content of the completion file. */
  static String of(CommandSpec all) {
    String program = all.name();
    List<CommandSpec> commands = Words.commands(all);
    String names = commands.stream().map(CommandSpec::name).collect(Collectors.joining(" "));
    String none = "-n 'not __fish_seen_subcommand_from %s'".formatted(names);
    List<String> lines = new ArrayList<>();
    for (CommandSpec command : commands) {
      lines.add(
          "complete -c %s -f %s -a %s -d %s"
              .formatted(program, none, command.name(), quoted(Words.summary(command))));
    }
    for (OptionSpec option : Words.options(all)) {
      lines.add("complete -c %s %s%s".formatted(program, none, option(option)));
    }
    for (CommandSpec command : commands) {
      String seen = "-n '__fish_seen_subcommand_from %s'".formatted(command.name());
      for (OptionSpec option : Words.options(command)) {
        lines.add("complete -c %s %s%s".formatted(program, seen, option(option)));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String option(OptionSpec option) {
    StringBuilder text = new StringBuilder();
    for (String name : option.names()) {
      text.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    text.append(Words.hasValue(option) ? " -r" : "");
    return text + " -d " + quoted(Words.brief(Words.description(option)));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
