package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Answer;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.view.ExportPrinter;
import dev.sluice.cli.remote.view.RemoteExport;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice get NAME}. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Show one export of a service.")
final class GetCommand extends RemoteCommand {

  @Parameters(paramLabel = "NAME", description = "Its name, or its id.")
  private String name = "";

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final WatchOptions watch = new WatchOptions();

  GetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) throws InterruptedException {
    ExportPrinter printer = output.printer(out());
    String path = ExportName.path(name);
    if (watch.isOn()) {
      new Changes(printer, out()).follow(watch.poll(service), () -> one(service.get(path)), true);
    } else {
      Answer answer = service.get(path);
      printer.print(one(answer), answer.body());
    }
    return ExitCode.DONE;
  }

  private static List<RemoteExport> one(Answer answer) {
    return List.of(RemoteExport.of(answer.json()));
  }
}
