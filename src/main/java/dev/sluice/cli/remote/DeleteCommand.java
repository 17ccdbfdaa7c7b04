package dev.sluice.cli.remote;

import dev.sluice.cli.common.ErrorLine;
import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.http.ServiceException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice delete NAME…}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Remove exports from a service.",
    description = {"", "A stream that has not ended is CANCELLED by that.", ""})
final class DeleteCommand extends RemoteCommand {

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "The name of each.")
  private List<String> names = List.of();

  @Option(
      names = "--force",
      order = 1,
      description = "Also while clients are attached: their streams end at once.")
  private boolean force;

  DeleteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) {
    List<String> paths = names.stream().map(ExportName::path).toList();
    int exitCode = ExitCode.DONE;
    for (int i = 0; i < paths.size(); i++) {
      try {
        service.delete(paths.get(i) + (force ? "?force=true" : ""));
        out().println(names.get(i) + " deleted");
      } catch (ServiceException e) {
        if (e.isPassing()) {
          throw e; // the others would fail as well
        }
        ErrorLine.print(err(), String.valueOf(e.getMessage()));
        exitCode = e.exitCode();
      }
    }
    return exitCode;
  }
}
