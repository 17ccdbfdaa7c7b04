package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** All commands that send requests to a service. */
public final class RemoteCommands {

  /** Their exit codes, see {@link ExitCode}. */
  private static final String[] EXIT_STATUS = {
    "0:Done; for watch, data and finish: the stream is COMPLETED.",
    "1:The stream is not COMPLETED, or standard output cannot be written to.",
    "2:What was typed, or is in a variable or a named file, makes no sense.",
    "3:The service cannot be reached, or cannot do it now: it may help to try again.",
    "4:The service has refused.",
  };

  private RemoteCommands() {}

  /** Returns a factory for each command, by its name. */
  public static Map<String, Supplier<CommandLine>> all(Surroundings surroundings) {
    Map<String, Supplier<CommandLine>> all = new LinkedHashMap<>();
    all.put("create", () -> complete(CreateCommand.commandLine(surroundings)));
    all.put("get", () -> complete(new CommandLine(new GetCommand(surroundings))));
    all.put("list", () -> complete(new CommandLine(new ListCommand(surroundings))));
    all.put("watch", () -> complete(new CommandLine(new WatchCommand(surroundings))));
    all.put("data", () -> complete(new CommandLine(new DataCommand(surroundings))));
    all.put("finish", () -> complete(new CommandLine(new FinishCommand(surroundings))));
    all.put("patch", () -> complete(new CommandLine(new PatchCommand(surroundings))));
    all.put("delete", () -> complete(new CommandLine(new DeleteCommand(surroundings))));
    all.put("version", () -> complete(new CommandLine(new VersionCommand(surroundings))));
    return all;
  }

  private static CommandLine complete(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(UsageMessageSpec.keyValuesMap(EXIT_STATUS));
    return command;
  }
}
