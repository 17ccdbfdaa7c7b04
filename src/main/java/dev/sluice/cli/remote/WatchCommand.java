package dev.sluice.cli.remote;

import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.TimeConverter;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.view.Progress;
import dev.sluice.cli.remote.view.RemoteExport;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice watch NAME}. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Follow a stream until it has ended.",
    description = {"", "The exit status is 0 only if the stream is COMPLETED.", ""})
final class WatchCommand extends RemoteCommand {

  @Parameters(paramLabel = "NAME", description = "The export's name, or its id.")
  private String name = "";

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      order = 1,
      defaultValue = "1s",
      converter = TimeConverter.class,
      description = "How often the service is asked (${DEFAULT-VALUE}).")
  private Duration interval = Poll.INTERVAL;

  WatchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) throws InterruptedException {
    RemoteExport first = RemoteExport.of(service.get(ExportName.path(name)).json());
    Progress progress = Progress.on(out(), surroundings().columns(), System::nanoTime);
    Following following = new Following(service, new Poll(interval, service.timeout()));
    RemoteExport last;
    // Otherwise the shell's prompt would appear in the progress bar after an interrupt.
    Thread interrupted = new Thread(progress::clear);
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      last = following.toTheEnd(first, progress::show);
    } finally {
      progress.clear();
      Runtime.getRuntime().removeShutdownHook(interrupted);
    }
    return new StreamEnd(out(), err()).of(last);
  }
}
