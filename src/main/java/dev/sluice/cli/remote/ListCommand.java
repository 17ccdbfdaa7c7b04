package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Answer;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.view.ExportPrinter;
import dev.sluice.cli.remote.view.RemoteExport;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Show all exports of a service, in the order in which they were made.")
final class ListCommand extends RemoteCommand {

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "KEY=VALUE",
      order = 30,
      split = ",",
      description = "Show only exports with this label, or with all of these.")
  private List<String> labels = List.of();

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final WatchOptions watch = new WatchOptions();

  ListCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) throws InterruptedException {
    ExportPrinter printer = output.printer(out());
    String path = ExportName.all() + query();
    if (watch.isOn()) {
      new Changes(printer, out())
          .follow(watch.poll(service), () -> RemoteExport.all(service.get(path).json()), false);
      return ExitCode.DONE;
    }
    Answer answer = service.get(path);
    List<RemoteExport> exports = RemoteExport.all(answer.json());
    if (exports.isEmpty() && !output.isJson()) {
      err().println("There are no exports.");
    } else {
      printer.print(exports, answer.body());
    }
    return ExitCode.DONE;
  }

  private String query() {
    return labels.isEmpty()
        ? ""
        : "?label=" + URLEncoder.encode(String.join(",", labels), StandardCharsets.UTF_8);
  }
}
