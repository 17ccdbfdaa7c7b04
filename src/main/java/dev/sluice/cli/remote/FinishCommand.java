package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Answer;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.view.RemoteExport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice finish NAME}. */
@Command(
    name = "finish",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Complete a stream that no client's goodbye can complete.",
    description = {
      "",
      "It waits until the peer has everything, and says what became of the stream.",
      ""
    })
final class FinishCommand extends RemoteCommand {

  @Parameters(paramLabel = "NAME", description = "The export's name.")
  private String name = "";

  @Option(
      names = "--pad-tail",
      order = 1,
      description = "write=: the rest of the declared size is zeroes.")
  private boolean padTail;

  @Option(
      names = "--accept-unread",
      order = 2,
      description = "read=: what no client has read is not wanted.")
  private boolean acceptUnread;

  @Option(
      names = "--no-wait",
      order = 3,
      description = "Do not wait for the peer: the service goes on with it.")
  private boolean noWait;

  FinishCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) throws InterruptedException {
    Answer answer = service.post(ExportName.path(name) + "/finish", vouched());
    RemoteExport export = RemoteExport.of(answer.json());
    if (answer.isUnfinished()) {
      out()
          .println(
              export.name()
                  + " is being finished"
                  + export.reason().map(what -> "; it waits for " + what).orElse(""));
      if (noWait) {
        return ExitCode.DONE;
      }
    }
    Poll poll = new Poll(Poll.INTERVAL, service.timeout());
    return new StreamEnd(out(), err()).of(new Following(service, poll).toTheEnd(export, _ -> {}));
  }

  private @Nullable ObjectNode vouched() {
    ObjectNode vouched = JsonNodeFactory.instance.objectNode();
    if (padTail) {
      vouched.put("pad", "zero");
    }
    if (acceptUnread) {
      vouched.put("unread", "accept");
    }
    return vouched.isEmpty() ? null : vouched;
  }
}
