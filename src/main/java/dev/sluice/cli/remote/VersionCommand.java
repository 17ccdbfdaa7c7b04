package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.PlainText;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Service;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code sluice version}. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Show the version of this program, and that of a service.")
final class VersionCommand extends RemoteCommand {

  VersionCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int run(Service service) {
    out().println("Client version: " + Version.text());
    JsonNode version = service.get("/actuator/info").json().path("build").path("version");
    out()
        .println(
            "Service version: "
                + (version.isString() ? PlainText.of(version.asString()) : Version.NONE));
    return ExitCode.DONE;
  }
}
