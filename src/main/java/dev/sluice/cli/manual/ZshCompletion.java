package dev.sluice.cli.manual;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates the completion of the command line for zsh(1). */
final class ZshCompletion {

  private ZshCompletion() {}

  /** Returns the completion function. */
  static String of(CommandSpec all) {
    List<CommandSpec> commands = Words.commands(all);
    List<String> lines = new ArrayList<>();
    lines.add("#compdef " + all.name());
    lines.add("local context state state_descr line");
    lines.add("typeset -A opt_args");
    lines.add("local -a commands=(");
    for (CommandSpec command : commands) {
      lines.add("  " + quoted(command.name() + ":" + colons(Words.summary(command))));
    }
    lines.add(")");
    // A command may stand after its options, so any word that names one counts.
    lines.add("local -a names=(${commands%%:*}) found=(${(M)words[2,-1]:*names})");
    lines.add("case ${found[1]} in");
    for (CommandSpec command : commands) {
      lines.add("  (%s) _arguments -S \\".formatted(command.name()));
      arguments(lines, command);
      lines.add("    '*:file:_files' ;;");
    }
    lines.add("  (*) _arguments -S \\");
    arguments(lines, all);
    lines.add("    '1:command:{_describe command commands}' ;;");
    lines.add("esac");
    return String.join("\n", lines) + "\n";
  }

  private static void arguments(List<String> lines, CommandSpec command) {
    for (OptionSpec option : Words.options(command)) {
      String brief = colons(Words.brief(Words.description(option)));
      for (String name : option.names()) {
        boolean value = Words.hasValue(option);
        String form = name + (value ? name.startsWith("--") ? "=" : "+" : "");
        String label = value ? ":%s:_files".formatted(colons(option.paramLabel())) : "";
        lines.add("    " + quoted("%s[%s]%s".formatted(form, brackets(brief), label)) + " \\");
      }
    }
  }

  private static String brackets(String text) {
    return text.replace("[", "\\[").replace("]", "\\]");
  }

  private static String colons(String text) {
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
