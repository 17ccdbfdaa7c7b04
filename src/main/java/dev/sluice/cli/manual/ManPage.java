package dev.sluice.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Generates a command's page for section 1 of the manual, in the language of man(7). */
final class ManPage {

  private final StringBuilder page = new StringBuilder();
  private final CommandSpec command;

  private ManPage(CommandSpec command) {
    this.command = command;
  }

  /**
   * Returns the page of a command.
   *
   * @param date the date of the build, such as 2026-11-22
   * @param version the program's name and version
   */
  static String of(CommandSpec command, String date, String version) {
    return new ManPage(command).write(date, version);
  }

  /** Returns the name of the page, such as {@code sluice-streaming}. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  private String write(String date, String version) {
    page.append(
        ".TH \"%s\" \"1\" \"%s\" \"%s\" \"User Commands\"\n"
            .formatted(escaped(name(command)), escaped(date), escaped(version)));
    page.append(".nh\n.ad l\n"); // no hyphens in what is to be typed
    section("NAME");
    paragraph(name(command) + " - " + Words.summary(command).replaceFirst("\\.$", ""));
    section("SYNOPSIS");
    synopsis();
    section("DESCRIPTION");
    paragraph(Words.text(command.usageMessage().description()));
    commands();
    parameters();
    options();
    exitStatus();
    section("SEE ALSO");
    paragraph(seeAlso());
    return page.toString();
  }

  private void synopsis() {
    String lines =
        Stream.of(command.usageMessage().customSynopsis())
            .map(line -> escaped(line.strip()))
            .collect(Collectors.joining("\n.br\n"));
    page.append(
        lines.isEmpty()
            ? escaped(command.qualifiedName() + " [OPTION…] [ARGUMENT…]") + "\n"
            : lines + "\n");
  }

  private void commands() {
    List<CommandSpec> all = Words.commands(command);
    if (!all.isEmpty()) {
      section("COMMANDS");
      all.forEach(each -> item(bold(each.name()), Words.summary(each)));
    }
  }

  private void parameters() {
    List<PositionalParamSpec> all =
        command.positionalParameters().stream().filter(each -> !each.hidden()).toList();
    if (!all.isEmpty()) {
      section("PARAMETERS");
      all.forEach(each -> item(italic(each.paramLabel()), Words.text(each.description())));
    }
  }

  private void options() {
    section("OPTIONS");
    for (OptionSpec option : Words.options(command)) {
      String names = Stream.of(option.names()).map(ManPage::bold).collect(Collectors.joining(", "));
      String value = Words.hasValue(option) ? "=" + italic(option.paramLabel()) : "";
      item(names + value, Words.description(option));
    }
  }

  private void exitStatus() {
    Map<String, String> codes = command.usageMessage().exitCodeList();
    if (!codes.isEmpty()) {
      section("EXIT STATUS");
      codes.forEach((code, meaning) -> item(bold(code.strip()), Words.text(meaning)));
    }
  }

  private String seeAlso() {
    CommandSpec root = command.root();
    List<CommandSpec> all = new ArrayList<>(Words.commands(root));
    all.addFirst(root);
    all.remove(command);
    return all.stream().map(each -> name(each) + "(1)").collect(Collectors.joining(", "));
  }

  private void section(String title) {
    page.append(".SH ").append(title).append('\n');
  }

  private void paragraph(String text) {
    page.append(escaped(text)).append('\n');
  }

  /** Adds a term and its description. The term has to be escaped already. */
  private void item(String term, String text) {
    page.append(".TP\n").append(term).append('\n');
    paragraph(text);
  }

  private static String bold(String text) {
    return "\\fB" + escaped(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + escaped(text) + "\\fR";
  }

  /** Escapes everything in a text that man(7) would interpret. */
  private static String escaped(String text) {
    String escaped = Ansi.OFF.string(text).replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
