package dev.sluice.cli.remote;

import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.http.ServiceException;
import dev.sluice.cli.remote.http.StreamData;
import dev.sluice.cli.remote.view.RemoteExport;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice data NAME}. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Be the peer of an export that was made with write=- or read=-.",
    description = {
      "",
      "What clients write goes to standard output; or clients read what comes from standard",
      "input, to its end. The exit status is 0 only if the stream is COMPLETED.",
      "",
      "Where several pods are one service, any of them says which one has the data, and that one is",
      "asked. A token goes there only with --location-trusted.",
      ""
    })
final class DataCommand extends RemoteCommand {

  @Parameters(paramLabel = "NAME", description = "The export's name.")
  private String name = "";

  @Option(
      names = "--location-trusted",
      order = 10,
      description = "Send the token to whoever has the data, by the word of the service.")
  private boolean trusted;

  DataCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) throws InterruptedException {
    RemoteExport export = RemoteExport.of(service.get(ExportName.path(name)).json());
    boolean writes = export.text("direction").filter("write"::equals).isPresent();
    if (writes && surroundings().columns().getAsInt() > 0) {
      throw new UsageException(
          "standard output is a terminal; expected a file or a pipe, as in: sluice data %s > disk.img"
              .formatted(name));
    }
    StreamData data = new StreamData(service, ExportName.path(name) + "/data", trusted);
    Transfer transfer =
        writes
            ? Transfer.start(() -> download(service, data))
            : Transfer.start(() -> data.upload(new LocalInput(surroundings().in())));
    Following following = new Following(service, new Poll(Poll.INTERVAL, service.timeout()));
    RemoteExport last =
        following.toTheEnd(export, _ -> transfer.requireNoFailure(service.timeout()));
    if (last.isCompleted()) {
      transfer.await(service.timeout());
    }
    return new StreamEnd(err(), err()).of(last);
  }

  private void download(Service service, StreamData data) throws IOException, InterruptedException {
    LocalOutput out = new LocalOutput(surroundings().out());
    boolean done = false;
    try {
      data.download(out);
      done = true;
    } finally {
      if (done || out.hasFailed()) { // otherwise the service would wait for its timeout
        confirm(service, data, out.count());
      }
    }
  }

  private static void confirm(Service service, StreamData data, long count)
      throws InterruptedException {
    Poll poll = new Poll(Poll.INTERVAL, service.timeout());
    poll.noteAnswer();
    try {
      poll.ask(() -> data.confirm(count));
    } catch (ServiceException e) {
      // The caller asks for the end of the stream anyway.
    }
  }
}
