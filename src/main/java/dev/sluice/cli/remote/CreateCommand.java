package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Answer;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.view.RemoteExport;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice create}. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    customSynopsis = "sluice create [NAME] write=PATH|read=PATH [size=SIZE] [OPTION…]",
    header = "Make an export of a service.",
    description = {"", "What is not given is as the service's configuration has it.", ""})
final class CreateCommand extends RemoteCommand {

  /** The path that stands for a peer that comes by HTTP. */
  private static final String ANYWHERE = "-";

  @Parameters(
      paramLabel = "WORD",
      description = {
        "NAME: without one, the service makes one that nobody can guess.",
        "write=PATH, or pipe=PATH: what clients write goes there.",
        "read=PATH: clients read what comes from there.",
        "size=SIZE: how long the stream is (1G, 512M, 3s …).",
        "PATH is a FIFO, a Unix socket, or nothing yet: then a FIFO is made. It",
        "is on the service's machine, below one of its roots. For a peer that is",
        "elsewhere, PATH is - (see sluice data)."
      })
  private List<String> words = List.of();

  @Option(
      names = "--subject",
      paramLabel = "SUBJECT",
      order = 36,
      description = "Let in only clients whose certificate has this subject, or another one given.")
  private List<String> subjects = List.of();

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      order = 37,
      description = "Let in only clients of this network or address, or another one given.")
  private List<String> networks = List.of();

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      order = 38,
      description = "Label it, as kubectl does, to find it by; can be there several times.")
  private Map<String, String> labels = Map.of();

  @Mixin private final OutputOptions output = new OutputOptions();

  private CreateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine create = new CommandLine(new CreateCommand(surroundings));
    ExportOption.addTo(create.getCommandSpec());
    return create;
  }

  @Override
  void requireSense() {
    ExportWords.of(words);
  }

  @Override
  int run(Service service) {
    Answer answer = service.post(ExportName.all(), request(ExportWords.of(words)));
    RemoteExport export = RemoteExport.of(answer.json());
    if (output.isGiven()) {
      output.printer(out()).print(List.of(export), answer.body());
    } else {
      out().println(export.name() + " created" + export.uri().map(uri -> ": " + uri).orElse(""));
      if (typed().hasMatchedOption(ExportOption.TICKET.option())) {
        out().println("data: " + answer.json().at("/data/url").asString());
      }
    }
    return ExitCode.DONE;
  }

  private ObjectNode request(ExportWords export) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    export.name().ifPresent(name -> request.put("name", name));
    request.put("direction", export.direction());
    if (export.path().equals(ANYWHERE)) {
      request.put("peer", "http");
    } else {
      request.put("path", export.path());
    }
    export.size().ifPresent(size -> request.put("size", size));
    if (!subjects.isEmpty() || !networks.isEmpty()) {
      ObjectNode clients = request.putObject("clients");
      put(clients, "subjects", subjects);
      put(clients, "networks", networks);
    }
    if (!labels.isEmpty()) {
      ObjectNode map = request.putObject("labels");
      labels.forEach(map::put);
    }
    ExportOption.put(typed(), request);
    return request;
  }

  /** Adds a list, unless it is empty: a list that is left out permits all clients. */
  private static void put(ObjectNode clients, String field, List<String> entries) {
    if (!entries.isEmpty()) {
      ArrayNode array = clients.putArray(field);
      entries.forEach(array::add);
    }
  }
}
