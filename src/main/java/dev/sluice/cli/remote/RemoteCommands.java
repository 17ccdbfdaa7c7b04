package dev.sluice.cli.remote;

import dev.sluice.cli.common.Surroundings;
import picocli.CommandLine;

/** All commands that send requests to a service. */
public final class RemoteCommands {

  private RemoteCommands() {}

  /** Makes the program know them. */
  public static void addTo(CommandLine all, Surroundings surroundings) {
    all.addSubcommand(CreateCommand.commandLine(surroundings))
        .addSubcommand(new GetCommand(surroundings))
        .addSubcommand(new ListCommand(surroundings))
        .addSubcommand(new WatchCommand(surroundings))
        .addSubcommand(new FinishCommand(surroundings))
        .addSubcommand(new PatchCommand(surroundings))
        .addSubcommand(new DeleteCommand(surroundings))
        .addSubcommand(new VersionCommand(surroundings));
  }
}
