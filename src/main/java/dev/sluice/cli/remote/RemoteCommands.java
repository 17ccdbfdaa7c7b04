package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** All commands that send requests to a service. */
public final class RemoteCommands {

  /** What they end with, as {@link ExitCode} has it. */
  private static final String[] EXIT_STATUS = {
    "0:Done; for watch, data and finish: the stream is COMPLETED.",
    "1:The stream is not COMPLETED, or standard output cannot be written to.",
    "2:What was typed, or is in a variable or a named file, makes no sense.",
    "3:The service cannot be reached, or cannot do it now: it may help to try again.",
    "4:The service has refused.",
  };

  private RemoteCommands() {}

  /** Makes the program know them. */
  public static void addTo(CommandLine all, Surroundings surroundings) {
    add(all, CreateCommand.commandLine(surroundings));
    add(all, new GetCommand(surroundings));
    add(all, new ListCommand(surroundings));
    add(all, new WatchCommand(surroundings));
    add(all, new DataCommand(surroundings));
    add(all, new FinishCommand(surroundings));
    add(all, new PatchCommand(surroundings));
    add(all, new DeleteCommand(surroundings));
    add(all, new VersionCommand(surroundings));
  }

  private static void add(CommandLine all, RemoteCommand command) {
    add(all, new CommandLine(command));
  }

  private static void add(CommandLine all, CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(UsageMessageSpec.keyValuesMap(EXIT_STATUS));
    all.addSubcommand(command);
  }
}
